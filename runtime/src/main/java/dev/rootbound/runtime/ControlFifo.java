package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a monitor is asked while it runs: conmon's control fifo, a line of three numbers a request.
 */
record ControlFifo(Path path) {
    /** WIN_RESIZE_EVENT. */
    boolean resize(int rows, int columns) throws IOException {
        return say("1 " + rows + " " + columns + "\n");
    }

    /** REOPEN_LOGS_EVENT. */
    boolean reopenLogs() throws IOException {
        return say("2 0 0\n");
    }

    /** Whether there is a monitor that will read it. */
    private boolean say(String request) throws IOException {
        try (var fifo = open()) {
            var bytes = request.getBytes(US_ASCII);
            fifo.write(bytes, 0, bytes.length);
            return true;
        } catch (ErrnoException e) {
            return ended(e);
        }
    }

    /** Whether the monitor has something left to read. */
    boolean isUnread() throws IOException {
        try (var fifo = open()) {
            return fifo.unread() > 0;
        } catch (ErrnoException e) {
            return ended(e);
        }
    }

    /** Non-blocking: without a reader, open(2) of a fifo waits for one. */
    private Fd open() throws ErrnoException {
        return Fd.open(path, At.O_WRONLY | At.O_NONBLOCK);
    }

    private static boolean ended(ErrnoException e) throws ErrnoException {
        if (e.errno() != Errno.ENXIO && e.errno() != Errno.ENOENT) {
            throw e;
        }
        return false;
    }
}
