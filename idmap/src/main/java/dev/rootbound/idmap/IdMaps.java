package dev.rootbound.idmap;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which host ids stand for a container's users and which for its groups: a user namespace has a map
 * of each, and what /etc/subuid and /etc/subgid give to one user may differ. Inside id 0 is in
 * both: without it nobody could set the container up.
 */
public record IdMaps(IdMap uids, IdMap gids) {
    public IdMaps {
        if (uids.toHost(0).isEmpty() || gids.toHost(0).isEmpty()) {
            throw new IllegalArgumentException(
                    "inside id 0, the container's root, is not in the map");
        }
    }

    /** Inside ids from 0 on are {@code outside}, uids and gids alike. */
    public static IdMaps of(IdRange outside) {
        return of(IdMap.of(outside));
    }

    public static IdMaps of(IdMap both) {
        return new IdMaps(both, both);
    }

    /** Container root's uid on the host. */
    public long rootUid() {
        return uids.toHost(0).orElseThrow();
    }

    /** Container root's group on the host. */
    public long rootGid() {
        return gids.toHost(0).orElseThrow();
    }

    /** Whether the host's id is a user or a group of the container's. */
    public boolean contains(long host) {
        return uids.toInside(host).isPresent() || gids.toInside(host).isPresent();
    }

    /** The inside ids end before this one, and before {@link IdPool#BLOCK}. */
    public long insideEnd() {
        return Math.min(IdPool.BLOCK, Math.min(uids.insideEnd(), gids.insideEnd()));
    }

    /** All on the host, each once: uids, then what gids are others. */
    public List<IdRange> outside() {
        return Stream.of(uids, gids)
                .flatMap(map -> map.entries().stream())
                .map(IdMap.Entry::outside)
                .distinct()
                .toList();
    }

    /** The ids on the host, for messages: {@code 100000 to 165535}. */
    public String outsideText() {
        return outside().stream().map(IdRange::toString).collect(Collectors.joining(", "));
    }
}
