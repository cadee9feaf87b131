package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tenants have on disk, as {@code system df} counts it: the bytes of files in what their
 * containers have written and in their volumes, and the layers of their images, unpacked, each once
 * for each tenant that has it; what its builds are sent, as long as they go on. Files are counted
 * by walking, in the background and for tenants that have a limit only; images from memory, at
 * once. Thread-safe.
 */
final class DiskUse {
    /** How old a count may be, and how many times as long as it took it is left alone. */
    private static final Duration OLD = Duration.ofSeconds(5);

    private static final int REST = 10;

    private final Source source;
    private final InstantSource clock;
    private final Map<Tenant, Walk> walks = new ConcurrentHashMap<>();

    /** What there is of a tenant's. */
    interface Source {
        /** What its containers and volumes have written. */
        List<Tree> trees(Tenant tenant);

        /** Bytes of its images. */
        long images(Tenant tenant);

        /** Bytes of contexts and the like of its builds that go on. */
        long builds(Tenant tenant);
    }

    /** Files that are counted by walking. */
    interface Tree {
        /** For people. */
        String name();

        long bytes() throws IOException;

        /** Whether it has been removed meanwhile: then it has no bytes. */
        boolean isGone();
    }

    /**
     * The last count of a tenant.
     *
     * @param uncounted a tree that could not be counted, and why; empty: none
     */
    private record Walk(long bytes, String uncounted, Instant begun, Duration took) {
        boolean mayBeRepeated(Instant now) {
            return now.isAfter(begun.plus(took.multipliedBy(REST)));
        }
    }

    DiskUse(Source source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /**
     * Refuses a tenant that has as much as it may have. The count may be ten seconds old, or ten
     * times as old as it takes; it is made anew before somebody is refused, if it took little.
     *
     * @return empty if it has less
     */
    String problem(Tenant tenant, long most) {
        var walk = walks.computeIfAbsent(tenant, this::walk);
        if (isFull(tenant, walk, most) && walk.mayBeRepeated(clock.instant())) {
            walk = walk(tenant);
            walks.put(tenant, walk);
        }
        if (!walk.uncounted.isEmpty())
            return "what it has on disk cannot be counted: " + walk.uncounted;
        if (!isFull(tenant, walk, most)) return "";
        long images = source.images(tenant);
        long builds = source.builds(tenant);
        return "it has "
                + shown(walk.bytes + images + builds)
                + " on disk ("
                + shown(walk.bytes)
                + " in containers and volumes, "
                + shown(images)
                + " in images"
                + (builds == 0 ? "" : ", " + shown(builds) + " in files that builds have been sent")
                + ") and may have "
                + shown(most);
    }

    private boolean isFull(Tenant tenant, Walk walk, long most) {
        return !walk.uncounted.isEmpty()
                || walk.bytes + source.images(tenant) + source.builds(tenant) >= most;
    }

    /** Counts those anew who were asked for and whose count is old. */
    void refresh() {
        var now = clock.instant();
        walks.forEach((tenant, walk) -> {
            if (now.isAfter(walk.begun.plus(OLD)) && walk.mayBeRepeated(now)) {
                walks.put(tenant, walk(tenant));
            }
        });
    }

    /** Nobody has a limit any more. */
    void forget(Tenant tenant) {
        walks.remove(tenant);
    }

    private Walk walk(Tenant tenant) {
        var begun = clock.instant();
        long bytes = 0;
        var uncounted = "";
        for (var tree : source.trees(tenant)) {
            try {
                bytes += tree.bytes();
            } catch (IOException e) {
                if (!tree.isGone()) uncounted = tree.name() + ": " + e.getMessage();
            }
        }
        return new Walk(bytes, uncounted, begun, Duration.between(begun, clock.instant()));
    }

    private static String shown(long bytes) {
        return bytes < 1L << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
}
