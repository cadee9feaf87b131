package dev.rootbound.engine;

import dev.rootbound.runtime.LogRotation;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Keeps a running container's log within its size. It looks again when half of the time has passed
 * in which the file would be full, had it grown as fast as it did since the last look.
 */
final class LogKeeper {
    private static final long SHORTEST_PAUSE = 5;
    private static final long LONGEST_PAUSE = 100;
    private static final long PAUSE_AFTER_FAILURE = 5000;

    private final ContainerEntry entry;
    private final ContainerEntry.Live live;
    private final BooleanSupplier closed;
    private final LogRotation rotation;
    private final long maxSize;

    private LogKeeper(
            ContainerEntry entry,
            ContainerEntry.Live live,
            BooleanSupplier closed,
            LogOptions options) {
        this.entry = entry;
        this.live = live;
        this.closed = closed;
        this.maxSize = options.maxSize();
        this.rotation =
                new LogRotation(
                        live.monitor().bundle(),
                        entry.container().logFile(),
                        maxSize,
                        options.maxFiles());
    }

    /** Until the container ends or the engine is closed; nothing to do for a log without bound. */
    static void watch(ContainerEntry entry, ContainerEntry.Live live, BooleanSupplier closed) {
        var options = entry.container().spec().logOptions();
        if (options.maxSize() > 0) {
            var keeper = new LogKeeper(entry, live, closed, options);
            Thread.ofVirtual().name("log-" + entry.container().name()).start(keeper::keep);
        }
    }

    private void keep() {
        try {
            long pause = SHORTEST_PAUSE;
            long before = 0;
            while (!live.ended().await(pause, TimeUnit.MILLISECONDS) && !closed.getAsBoolean()) {
                try {
                    long size = rotation.check();
                    pause = pause(size, size - before, pause);
                    before = size;
                } catch (IOException e) {
                    log(e);
                    pause = PAUSE_AFTER_FAILURE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long pause(long size, long grown, long passed) {
        if (grown <= 0) { // silent, or just rotated
            return Math.min(2 * passed, LONGEST_PAUSE);
        }
        long untilFull = (long) ((double) (maxSize - size) / grown * passed);
        return Math.clamp(untilFull / 2, SHORTEST_PAUSE, LONGEST_PAUSE);
    }

    private void log(IOException e) {
        EngineLog.error(
                "rotate the log of container "
                        + entry.container().id()
                        + ": "
                        + e.getMessage()
                        + "; it grows until that works");
    }
}
