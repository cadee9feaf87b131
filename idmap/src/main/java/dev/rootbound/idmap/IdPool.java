package dev.rootbound.idmap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host ids that containers lease, in aligned blocks of {@link #BLOCK}. No two leases overlap,
 * and none has an id of anybody else's. A freed block is given out again after all that were never
 * used, oldest first, so that a leftover of its last user has the longest time to be noticed.
 * Thread-safe.
 */
public final class IdPool {
    /** How many ids a container has, and what their first is a multiple of. */
    public static final long BLOCK = 65_536;

    private final String description;
    private final Set<Long> ours;
    private final ArrayDeque<Long> free;

    /** A block's ids that are leased: all of them, but where an administrator chose them. */
    private record Held(IdMaps ids, List<String> holders) {}

    /** Of what is leased, by first id; one holder for each handle. */
    private final Map<Long, Held> held = new ConcurrentHashMap<>();

    private final Claims claims;

    /**
     * Blocks of {@code pool} that touch nothing of somebody else's: the ids below {@link #BLOCK},
     * the foreign range, {@code reserved} and {@code realIds} are never leased.
     *
     * @param pool the engine's own lines in /etc/subuid and /etc/subgid
     * @param reserved other users' lines, and whatever else to avoid
     * @param realIds uids and gids of the host's users and groups, see {@link HostIds}
     * @param claims what other engines of this host have leased
     */
    public IdPool(
            Collection<IdRange> pool,
            Collection<IdRange> reserved,
            Collection<Long> realIds,
            Claims claims) {
        this.claims = claims;
        description = pool.stream().map(IdRange::toString).collect(Collectors.joining(", "));
        var blocks = new TreeSet<Long>();
        pool.forEach(range -> addBlocks(range, blocks));
        reserved.forEach(range -> removeTouched(range, blocks));
        removeTouched(IdRange.FOREIGN, blocks);
        realIds.forEach(id -> blocks.remove(id - id % BLOCK));
        ours = Set.copyOf(blocks);
        free = new ArrayDeque<>(blocks);
    }

    private static void addBlocks(IdRange range, SortedSet<Long> blocks) {
        long first = Math.max(BLOCK, Math.ceilDiv(range.first(), BLOCK) * BLOCK);
        for (long block = first; block + BLOCK <= range.end(); block += BLOCK) {
            blocks.add(block);
        }
    }

    private static void removeTouched(IdRange range, SortedSet<Long> blocks) {
        blocks.subSet(range.first() - range.first() % BLOCK, range.end()).clear();
    }

    /**
     * Leases a block until the last handle is closed.
     *
     * @param holder see {@link Claims#take}
     * @throws IOException if none is free; the message says how to enlarge the pool
     */
    public synchronized Lease lease(String holder) throws IOException {
        for (int untried = free.size(); untried > 0; untried--) {
            long first = free.remove();
            var block = new IdRange(first, BLOCK);
            boolean taken = false;
            try {
                taken = claims.take(block, holder);
            } finally {
                // another engine's, or of a container that this one cannot tell anything of
                if (!taken) free.add(first);
            }
            if (taken) return take(IdMaps.of(block), holder);
        }
        throw new PoolExhausted(exhausted());
    }

    /**
     * Leases ids that somebody chose; they need not be the pool's. Every block that they are of is
     * then leased. Whose they are besides is for whoever lets them be chosen.
     *
     * @throws IllegalArgumentException if one of them is leased
     */
    public synchronized Lease lease(IdMaps ids, String holder) throws IOException {
        var taken = new ArrayList<Long>();
        boolean all = false;
        try {
            for (long first : blocks(ids)) {
                if (held.containsKey(first) || !claims.take(new IdRange(first, BLOCK), holder)) {
                    throw new IllegalArgumentException(
                            "ids "
                                    + new IdRange(first, BLOCK)
                                    + " are leased to another container");
                }
                taken.add(first);
            }
            all = true;
        } finally {
            if (!all) for (long each : taken) unclaimed(new IdRange(each, BLOCK), holder);
        }
        free.removeAll(taken);
        return take(ids, holder);
    }

    /** Whether any of these is leased now. */
    public boolean isLeased(IdRange range) {
        return held.values().stream()
                .anyMatch(one -> one.ids.outside().stream().anyMatch(range::overlaps));
    }

    private static SortedSet<Long> blocks(IdMaps ids) {
        var blocks = new TreeSet<Long>();
        for (var range : ids.outside()) {
            for (long id = range.first() - range.first() % BLOCK; id < range.end(); id += BLOCK) {
                blocks.add(id);
            }
        }
        return blocks;
    }

    /**
     * Takes over a lease that an earlier engine gave and whose container still runs. It need not be
     * in today's pool; what is not is not given out again.
     *
     * @throws IllegalArgumentException if it overlaps a lease or was never one
     */
    public synchronized Lease adopt(IdMaps ids, String holder) throws IOException {
        for (var range : ids.outside()) {
            if (range.first() < BLOCK || range.overlaps(IdRange.FOREIGN)) {
                throw new IllegalArgumentException("ids " + range + " were never a lease");
            }
        }
        return adoptChosen(ids, holder);
    }

    /**
     * As {@link #adopt}, of ids that somebody chose: they may be the host's own. Blocks that were
     * claimed before another turns out to be somebody else's stay claimed: something runs there.
     */
    public synchronized Lease adoptChosen(IdMaps ids, String holder) throws IOException {
        for (long first : blocks(ids)) {
            var known = held.get(first);
            if (known != null && (known.holders.contains(holder) || !known.ids.equals(ids))) {
                throw new IllegalArgumentException(
                        "ids " + ids.outsideText() + " are leased already");
            }
            if (!claims.adopt(new IdRange(first, BLOCK), holder)) {
                throw new IllegalArgumentException(
                        "ids " + ids.outsideText() + " are another container's by now");
            }
        }
        free.removeAll(blocks(ids));
        return take(ids, holder);
    }

    /** How many blocks there are, leased or not. */
    public int size() {
        return ours.size();
    }

    /** How many blocks are leased now. */
    public synchronized int leased() {
        return held.size();
    }

    /** Who leases this uid, as {@link #lease} was told; empty if nobody does. Waits for nothing. */
    public Optional<String> holder(long uid) {
        var known = held.get(uid - uid % BLOCK);
        return known == null || known.ids.uids().toInside(uid).isEmpty()
                ? Optional.empty()
                : known.holders.stream().findFirst();
    }

    private Lease take(IdMaps ids, String holder) {
        var one = new Held(ids, List.of(holder));
        for (long first : blocks(ids)) held.merge(first, one, IdPool::joined);
        return new Lease(this, ids, holder);
    }

    private static Held joined(Held some, Held more) {
        var all = Stream.concat(some.holders.stream(), more.holders.stream()).toList();
        return new Held(some.ids, all);
    }

    /** For a handle that is not closed. */
    synchronized Lease share(IdMaps ids, String holder) throws IOException {
        for (long first : blocks(ids)) claims.share(new IdRange(first, BLOCK), holder);
        return take(ids, holder);
    }

    /** A handle is closed; the last one frees the ids. */
    synchronized void release(IdMaps ids, String holder) {
        for (long first : blocks(ids)) release(first, holder);
    }

    private void release(long first, String holder) {
        boolean unclaimed = unclaimed(new IdRange(first, BLOCK), holder);
        var left = held.computeIfPresent(first, (_, known) -> without(known, holder));
        if (left == null && unclaimed && ours.contains(first)) {
            free.add(first);
        }
    }

    private static @Nullable Held without(Held known, String holder) {
        var left = new ArrayList<>(known.holders);
        left.remove(holder);
        return left.isEmpty() ? null : new Held(known.ids, List.copyOf(left));
    }

    /** If not, it stays claimed on this host, so that it is nobody's any more. */
    private boolean unclaimed(IdRange range, String holder) {
        try {
            return claims.release(range, holder);
        } catch (IOException e) {
            return false;
        }
    }

    private String exhausted() {
        var pool = description.isEmpty() ? "is empty" : "(ids " + description + ") has no more";
        return "no ids for another container: "
                + held.size()
                + " leases of 65536 ids are in use and the pool "
                + pool
                + " that is free of other users' ids; stop a container, or enlarge the pool: a"
                + " longer or second line of user rootbound (rootbound:FIRST:SIZE) in both"
                + " /etc/subuid and /etc/subgid, then restart the engine";
    }

    /** Gives back what engines that died had claimed, and nothing runs under. */
    public void releaseVoid() throws IOException {
        claims.releaseVoid();
    }
}
