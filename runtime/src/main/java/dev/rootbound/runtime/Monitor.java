package dev.rootbound.runtime;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Namespaces;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The conmon process of one container.
 *
 * @param pid of the container's first process
 * @param monitorPid of conmon
 */
public record Monitor(Bundle bundle, long pid, long monitorPid) {
    /**
     * How the first process ended: its code as a shell gives it, and whether the kernel's OOM
     * killer struck.
     */
    public record Exit(int code, boolean oomKilled) {}

    /**
     * Makes the process's pipes its user's, so that it can open /dev/stdout: the monitor made them
     * as host root. Call between create and start, while the process is still the runtime's.
     */
    public void giveStreamsTo(long uid, long gid) throws IOException {
        for (int stream = 0; stream <= 2; stream++) {
            Processes.chownPipe(pid, stream, uid, gid);
        }
    }

    /**
     * Sets the NIS domain name; the runtime refuses it among the sysctls. Call between create and
     * start.
     */
    public void setDomainname(String name) throws IOException {
        Namespaces.setDomainname(pid, name);
    }

    /** Connects to the process's streams. */
    public Console attach() throws ErrnoException {
        return Console.connect(bundle.attachSocket());
    }

    /** Sets the terminal's size in character cells. */
    public void resize(int rows, int columns) throws IOException {
        // conmon's control fifo: 1 is WIN_RESIZE_EVENT
        Files.writeString(
                bundle.controlFifo(), "1 " + rows + " " + columns + "\n", StandardOpenOption.WRITE);
    }

    /**
     * Waits until the monitor has ended; that is after the last output and the exit code were
     * written.
     */
    public Exit awaitExit() throws IOException {
        if (Monitors.isMonitor(monitorPid, bundle)) {
            try (var fd = Processes.pidfd(monitorPid)) {
                if (Monitors.isMonitor(
                        monitorPid, bundle)) { // the descriptor is of the right process
                    Processes.awaitEnd(fd);
                }
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ESRCH) {
                    throw e;
                }
            }
        }
        return exit().orElse(new Exit(137, false)); // the monitor was killed, and could not say
    }

    /** What the monitor wrote of the end, if it has. */
    public Optional<Exit> exit() throws IOException {
        try {
            int code = Integer.parseInt(Files.readString(bundle.exitFile()).strip());
            return Optional.of(new Exit(code, Files.exists(bundle.oomFile())));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
