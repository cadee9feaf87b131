package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Processes by pid, told from later ones with the same pid by their start time. */
public final class Processes {
    private static final int SIGKILL = 9;

    private static final short POLLIN = 1;

    private Processes() {}

    /** This process's effective uid: whose /proc/self is, proc_pid(5). */
    public static int ownUid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    /** kill(2) of the process with that start time; false if it is gone. */
    public static boolean kill(long pid, long startTime, int signal) throws IOException {
        try (var process = pidfd(pid)) {
            // the descriptor was opened first: if the start time is right, it is of the right
            // process
            if (startTime(pid).filter(t -> t == startTime).isEmpty()) {
                return false;
            }
            Native.call(Syscall.PIDFD_SEND_SIGNAL, "", process.number(), signal, 0, 0);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ESRCH) {
                return false;
            }
            throw e;
        }
    }

    /** A descriptor that becomes readable when the process ends, pidfd_open(2), Linux 5.3. */
    public static Fd pidfd(long pid) throws ErrnoException {
        return new Fd((int) Native.call(Syscall.PIDFD_OPEN, "pid " + pid, pid, 0));
    }

    /** Waits until the process that {@link #pidfd} opened has ended. */
    public static void awaitEnd(Fd pidfd) throws ErrnoException {
        while (!hasEnded(pidfd)) {
            Poller.readable().await(pidfd.number(), () -> true);
        }
    }

    /** As {@link #awaitEnd(Fd)}; false if it has not ended in that time. */
    public static boolean awaitEnd(Fd pidfd, Duration patience) throws ErrnoException {
        long until = System.nanoTime() + patience.toNanos();
        while (!hasEnded(pidfd)) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            Poller.readable().await(pidfd.number(), () -> true, left);
        }
        return true;
    }

    /** poll(2) without a timeout: a pidfd is readable when the process has ended. */
    private static boolean hasEnded(Fd pidfd) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var poll = arena.allocate(8, 4); // struct pollfd
            poll.set(ValueLayout.JAVA_INT, 0, pidfd.number());
            poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            var atOnce = arena.allocate(16, 8); // struct timespec
            return Native.call(Syscall.PPOLL, "", poll.address(), 1, atOnce.address(), 0, 0) > 0;
        }
    }

    /**
     * Gives a process's descriptor to a user, if it is a pipe: anything else may be a file of the
     * host's, such as /dev/null.
     */
    public static void chownPipe(long pid, int descriptor, long uid, long gid) throws IOException {
        try (var fd = Fd.open(Path.of("/proc/" + pid + "/fd/" + descriptor), At.O_PATH)) {
            if ((fd.stat().mode() & Stat.TYPE) == Stat.FIFO) {
                fd.chownPath(uid, gid);
            }
        }
    }

    /** Kills every process that has this directory among the words of its command line. */
    public static void killNaming(Path directory) throws IOException {
        try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var each : all) {
                long pid = Long.parseLong(String.valueOf(each.getFileName()));
                var start = startTime(pid);
                if (start.isPresent() && names(pid, directory)) {
                    boolean _ = kill(pid, start.get(), SIGKILL);
                }
            }
        }
    }

    /** Kills the children that a process has now, proc_pid_children(5). */
    public static void killChildren(long pid) throws IOException {
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (var thread : threads) {
                for (var child : Files.readString(thread.resolve("children")).split(" ")) {
                    var start =
                            child.isBlank()
                                    ? Optional.<Long>empty()
                                    : startTime(Long.parseLong(child));
                    if (start.isPresent()) {
                        boolean _ = kill(Long.parseLong(child), start.get(), SIGKILL);
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // it has ended
        }
    }

    /** Whether it has this directory among the words of its command line. */
    public static boolean names(long pid, Path directory) throws IOException {
        var words = ProcFile.read(pid, "cmdline").orElse("").split("\0");
        return List.of(words).contains(directory.toString());
    }

    /**
     * Clock ticks since boot at which it started, proc_pid_stat(5) field 22; empty if there is
     * none.
     */
    public static Optional<Long> startTime(long pid) throws IOException {
        var stat = ProcFile.read(pid, "stat");
        if (stat.isEmpty()) {
            return Optional.empty();
        }
        // the name may hold spaces and parentheses: fields count from after the last one
        var text = stat.get();
        var fields = text.substring(text.lastIndexOf(')') + 2).split(" ", 22);
        boolean dead = fields[0].equals("Z") || fields[0].equals("X");
        return dead ? Optional.empty() : Optional.of(Long.parseLong(fields[19]));
    }
}
