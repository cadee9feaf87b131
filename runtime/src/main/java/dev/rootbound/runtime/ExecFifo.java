package dev.rootbound.runtime;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What {@code runc start} does, without its process and the ten milliseconds of that: a created
 * container's process writes one byte to a fifo when somebody reads, and goes on (runc,
 * libcontainer's Container.exec; the same since 1.0).
 */
final class ExecFifo {
    // of ours, in the same pipe: they come after what the process wrote, never instead of it
    private static final byte DEAD = 'd';
    private static final byte LATE = 'l';

    private ExecFifo() {}

    /**
     * Waits until the process writes, however long a loaded host takes to let it: who leaves
     * earlier takes its byte away, and the runtime's own start would wait for that for ever.
     *
     * @param pid the container's first process
     * @return false if the process is dead or nothing waits: the runtime's own start says why
     * @throws StartFailure if it is alive and has not written in that time
     */
    static boolean release(Path fifo, long pid, Duration patience) throws IOException {
        byte[] said = new byte[1];
        // for writing too: without any writer, read(2) would not wait but end
        try (var process = Processes.pidfd(pid);
                var fd = Fd.open(fifo, At.O_RDWR | At.O_NONBLOCK)) {
            var watch =
                    Thread.ofVirtual().name("fifo-watch").start(() -> watch(process, fd, patience));
            try {
                fd.read(said, 0, 1);
            } finally {
                watch.interrupt();
                join(watch);
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return false;
            }
            throw e;
        }
        switch (said[0]) {
            case DEAD -> {
                return false;
            }
            case LATE ->
                    throw new StartFailure(
                            "the container's process "
                                    + pid
                                    + " was created, but did not go on in "
                                    + patience.toSeconds()
                                    + " seconds");
            default -> {
                Files.deleteIfExists(fifo);
                return true;
            }
        }
    }

    private static void watch(Fd process, Fd fifo, Duration patience) {
        try {
            byte word = Processes.awaitEnd(process, patience) ? DEAD : LATE;
            fifo.write(new byte[] {word}, 0, 1);
        } catch (ErrnoException e) {
            // interrupted: the process has written
        }
    }

    private static void join(Thread watch) throws IOException {
        try {
            watch.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a container's process was started", e);
        }
    }
}
