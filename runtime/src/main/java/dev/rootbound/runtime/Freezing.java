package dev.rootbound.runtime;

import java.io.IOException;
import java.time.Duration;

/** Waits for the freezer, which is asked and then takes its time. */
final class Freezing {
    /** A process in an uninterruptible sleep freezes when it wakes. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Freezing() {}

    /** Freezes or, when that takes too long, thaws again and fails. */
    static void freeze(Cgroup cgroup, CgroupDirectory directory, String file, String word)
            throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        directory.write(file, word);
        try {
            while (!cgroup.isFrozen()) {
                if (System.nanoTime() > end) {
                    throw new IOException(
                            "the processes of "
                                    + directory.path()
                                    + " are not frozen after "
                                    + PATIENCE.toSeconds()
                                    + " s: one may be stuck in the kernel (see /proc/PID/stack)");
                }
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cgroup.thaw();
            throw new IOException("interrupted while freezing " + directory.path(), e);
        } catch (IOException e) {
            cgroup.thaw();
            throw e;
        }
    }
}
