package dev.rootbound.runtime;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Namespaces;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The conmon process of one container.
 *
 * @param pid of the container's first process
 * @param monitorPid of conmon
 */
public record Monitor(Bundle bundle, long pid, long monitorPid) {
    private static final int SIGKILL = 9;
    private static final int MOMENT_MILLISECONDS = 500;

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

    /**
     * How many sockets the monitor has: the one it listens on and one for each client. A connection
     * that it has not accepted yet is not among them, and gets nothing of what the process writes.
     */
    public int sockets() throws IOException {
        int sockets = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/" + monitorPid + "/fd"))) {
            for (var fd : all) {
                if (isSocket(fd)) {
                    sockets++;
                }
            }
        }
        return sockets;
    }

    /** One that was closed since the directory was read is none. */
    static boolean isSocket(Path fd) throws IOException {
        try {
            return Files.readSymbolicLink(fd).toString().startsWith("socket:");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Waits until the monitor has that many sockets, a second at most. */
    public void awaitSockets(int number) throws IOException {
        for (int tries = 0; tries < 2000 && sockets() < number; tries++) {
            LockSupport.parkNanos(500_000);
        }
    }

    /** Connects to the process's streams. */
    public Console attach() throws ErrnoException {
        return Console.connect(bundle.attachSocket());
    }

    /** Sets the terminal's size in character cells. */
    public void resize(int rows, int columns) throws IOException {
        if (!new ControlFifo(bundle.controlFifo()).resize(rows, columns)) {
            throw new IOException("the container's monitor has ended");
        }
    }

    /** Kills the monitor if it has not ended by itself a moment after its container is gone. */
    void end() throws IOException {
        for (int i = 0; i < MOMENT_MILLISECONDS && Monitors.isMonitor(monitorPid, bundle); i++) {
            pause();
        }
        var started = Processes.startTime(monitorPid);
        if (started.isPresent() && Monitors.isMonitor(monitorPid, bundle)) {
            boolean _ = Processes.kill(monitorPid, started.get(), SIGKILL);
            awaitExit();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a monitor's end", e);
        }
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

    /** When the monitor wrote of the end, if it has. */
    public Optional<Instant> endedAt() throws IOException {
        try {
            return Optional.of(Files.getLastModifiedTime(bundle.exitFile()).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
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
