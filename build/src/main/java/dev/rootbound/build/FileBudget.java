package dev.rootbound.build;

import dev.rootbound.engine.EngineException;
import dev.rootbound.image.TarEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What builds may have in memory and on disk of files that they copy from: each file costs some
 * hundred bytes of the engine's heap, and no tenant has all of that.
 */
final class FileBudget {
    private static final int OF_ALL = 1 << 20;
    private static final int OF_ONE = 400_000;

    /** Bytes of names, attributes and runs that are as much as another file. */
    private static final int MANY = 512;

    /** Bytes of one run of a sparse file. */
    private static final int RUN = 24;

    /** Guarded by this. */
    private final Map<Long, Integer> files = new HashMap<>();

    /** One build's part; it ends with the build. */
    final class Part implements AutoCloseable {
        private final long tenant;
        private final long mostBytes;
        private final LongConsumer disk;
        private int taken;

        private Part(long tenant, long mostBytes, LongConsumer disk) {
            this.tenant = tenant;
            this.mostBytes = mostBytes;
            this.disk = disk;
        }

        /** Of all content that is read at once. */
        long mostBytes() {
            return mostBytes;
        }

        /** Counts bytes that were written to the disk, or if negative, removed. */
        void holds(long bytes) {
            disk.accept(bytes);
        }

        /** Refuses files of which not even one build could read so many. */
        void checkFiles(long count, String what) {
            if (count > OF_ONE) throw tooMany(what, OF_ONE + " files in the builds of one user");
        }

        /**
         * Counts a file, and for each {@link #MANY} bytes that its names, attributes and runs of
         * data take in memory one more.
         *
         * @param what it is in
         */
        void take(TarEntry file, String what) {
            long bytes = (long) file.name().length + file.linkName().length;
            for (var attribute : file.xattrs().entrySet()) {
                bytes += (long) attribute.getKey().length() + attribute.getValue().length;
            }
            bytes += (long) file.sparse().size() * RUN;
            take(1 + Math.toIntExact(bytes / MANY), what);
        }

        /** As {@link #take(TarEntry, String)}, of a directory that only leads to a file. */
        void takeDirectory(String what) {
            take(1, what);
        }

        private void take(int count, String what) {
            synchronized (FileBudget.this) {
                int own = files.getOrDefault(tenant, 0) + count;
                int all = files.values().stream().mapToInt(Integer::intValue).sum() + count;
                if (own > OF_ONE) throw tooMany(what, OF_ONE + " files in the builds of one user");
                if (all > OF_ALL) throw tooMany(what, OF_ALL + " files in all builds at once");
                files.put(tenant, own);
                taken += count;
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

    /** Whether no build has files. */
    boolean isEmpty() {
        synchronized (this) {
            return files.isEmpty();
        }
    }

    /**
     * @param mostBytes of all content that is read at once
     * @param disk told of bytes that are written, and of those removed, as negative; throws if the
     *     tenant may not have them
     */
    Part begin(long tenant, long mostBytes, LongConsumer disk) {
        return new Part(tenant, mostBytes, disk);
    }
}
