package dev.rootbound.runtime;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What {@code runc start} does, without its process and the ten milliseconds of that: a created
 * container's process writes one byte to a fifo when somebody reads, and goes on (runc,
 * libcontainer's Container.exec; the same since 1.0).
 */
final class ExecFifo {
    /** The process takes less than one of them. */
    private static final int PATIENCE_MILLISECONDS = 500;

    private ExecFifo() {}

    /**
     * @return false if no process wrote: the runtime's own start says why
     */
    static boolean release(Path fifo) throws IOException {
        // for writing too: without any writer, read(2) would not wait but end
        try (var fd = Fd.open(fifo, At.O_RDWR | At.O_NONBLOCK)) {
            if (!isWritten(fd)) {
                return false;
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
        Files.deleteIfExists(fifo);
        return true;
    }

    private static boolean isWritten(Fd fd) throws ErrnoException {
        var written = new CountDownLatch(1);
        Thread.ofVirtual().name("fifo-deadline").start(() -> closeAfterDeadline(fd, written));
        try {
            return fd.read(new byte[1], 0, 1) == 1;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBADF) { // closed at the deadline
                return false;
            }
            throw e;
        } finally {
            written.countDown();
        }
    }

    private static void closeAfterDeadline(Fd fd, CountDownLatch written) {
        try {
            if (!written.await(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                fd.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
