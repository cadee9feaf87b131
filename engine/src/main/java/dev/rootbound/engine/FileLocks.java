package dev.rootbound.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;

/** Locks that other programs of the host hold, too: fcntl_locking(2), waited for a while. */
final class FileLocks {
    /** As long as lckpwdf(3) waits. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private FileLocks() {}

    /**
     * Locks a file; one thread of this process at a time.
     *
     * @param file the channel's, for the message
     * @throws IOException if another program has it locked for 15 seconds
     */
    static FileLock lock(FileChannel channel, Path file) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = 1; ; pause = Math.min(50, 2 * pause)) {
            var lock = channel.tryLock();
            if (lock != null) return lock;
            if (System.nanoTime() > until) {
                throw new IOException(
                        "lock "
                                + file
                                + ": another program has it locked since "
                                + PATIENCE.toSeconds()
                                + " s; fuser "
                                + file
                                + " tells which");
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("lock " + file + ": interrupted", e);
            }
        }
    }
}
