package dev.rootbound.idmap;

import java.util.List;

/** Which host ids stand for a container's ids; the inside and outside of user_namespaces(7). */
public record IdMap(List<Entry> entries) {
    /**
     * Ids {@code [inside, inside + outside.size())} of the container are {@code outside} on the
     * host.
     */
    public record Entry(long inside, IdRange outside) {}

    public IdMap {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("a map needs an entry");
        }
    }
}
