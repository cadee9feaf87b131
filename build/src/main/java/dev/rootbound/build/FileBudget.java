package dev.rootbound.build;

import dev.rootbound.engine.EngineException;
import java.util.HashMap;
import java.util.Map;

/**
 * What builds may have in memory and on disk of files that they copy from: each file costs some
 * hundred bytes of the engine's heap, and no tenant has all of that.
 */
final class FileBudget {
    private static final int OF_ALL = 1 << 20;
    private static final int OF_ONE = 400_000;

    /** Guarded by this. */
    private final Map<Long, Integer> files = new HashMap<>();

    /** One build's part; it ends with the build. */
    final class Part implements AutoCloseable {
        private final long tenant;
        private final long mostBytes;
        private int taken;

        private Part(long tenant, long mostBytes) {
            this.tenant = tenant;
            this.mostBytes = mostBytes;
        }

        /**
         * Counts a file.
         *
         * @param what it is in
         */
        void take(String what) {
            synchronized (FileBudget.this) {
                int own = files.getOrDefault(tenant, 0);
                int all = files.values().stream().mapToInt(Integer::intValue).sum();
                if (own >= OF_ONE) throw tooMany(what, OF_ONE + " files in the builds of one user");
                if (all >= OF_ALL) throw tooMany(what, OF_ALL + " files in all builds at once");
                files.put(tenant, own + 1);
                taken++;
            }
        }

        /** Refuses content of more bytes than a layer may have. */
        void check(long bytes, String what) {
            if (bytes <= mostBytes) return;
            throw new EngineException.Invalid(
                    "the "
                            + what
                            + " has more than "
                            + mostBytes
                            + " bytes, the limit that the policy sets (images: max-layer-size)");
        }

        /** Gives it back. */
        @Override
        public void close() {
            synchronized (FileBudget.this) {
                files.computeIfPresent(tenant, (_, n) -> n > taken ? n - taken : null);
                taken = 0;
            }
        }
    }

    private static EngineException tooMany(String what, String limit) {
        return new EngineException.Invalid(
                "the "
                        + what
                        + " has too many files: the limit is "
                        + limit
                        + "; list in .dockerignore what is not needed, or copy less");
    }

    /**
     * @param mostBytes of all content that is read at once
     */
    Part begin(long tenant, long mostBytes) {
        return new Part(tenant, mostBytes);
    }
}
