package dev.rootbound.runtime;

import dev.rootbound.linux.Child;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Pipe;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Terminal;
import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A further process in a running container: the runtime's {@code exec}, which stays its parent. Its
 * pipes are the engine's own, made the container user's, so that it can open /dev/stdout. With a
 * terminal the runtime stands between two: the container's, and one of the engine's that it has as
 * its own.
 */
public final class ExecProcess implements AutoCloseable {
    private static final int BUFFER = 32 << 10;
    // a background process may hold the streams open for ever: Docker's two seconds
    private static final int LINGER_SECONDS = 2;
    private static final int SIGKILL = 9;

    /** Until the process runs, which takes a twentieth of a second. */
    static final int SETUP_SECONDS = 60;

    private final @Nullable MonitorCgroup cgroup;
    private final Child child;
    private final Path pidFile;
    private final Path log;
    private final @Nullable Fd input;
    private final List<Fd> outputs;
    private final @Nullable Terminal terminal;
    private volatile boolean started;
    private volatile boolean late;
    private final AtomicLong progress = new AtomicLong();
    private final AtomicInteger delivering = new AtomicInteger();

    private ExecProcess(
            @Nullable MonitorCgroup cgroup,
            Child child,
            Path pidFile,
            Path log,
            @Nullable Fd input,
            List<Fd> outputs,
            @Nullable Terminal terminal) {
        this.cgroup = cgroup;
        this.child = child;
        this.pidFile = pidFile;
        this.log = log;
        this.input = input;
        this.outputs = outputs;
        this.terminal = terminal;
    }

    /**
     * Starts it.
     *
     * @param process the file with its process object (runtime-spec config.md)
     * @param ownerUid the host uid of its user
     * @param ownerGid the host gid of its user
     * @param cgroup that it is to run in; {@code null}: the container's own
     */
    public static ExecProcess start(
            Monitors monitors,
            String container,
            Path process,
            ProcessSpec spec,
            boolean stdin,
            long ownerUid,
            long ownerGid,
            @Nullable ExecCgroup cgroup)
            throws IOException {
        var pidFile = process.resolveSibling(process.getFileName() + ".pid");
        var log = process.resolveSibling(process.getFileName() + ".log");
        var words = words(monitors.runtime(), container, process, pidFile, log, spec.terminal());
        if (cgroup != null) {
            words.addAll(words.size() - 1, List.of("--cgroup", cgroup.argument()));
        }
        if (spec.terminal()) {
            return onTerminal(quick(monitors, spec), words, pidFile, log);
        }
        return onPipes(quick(monitors, spec), words, pidFile, log, stdin, ownerUid, ownerGid);
    }

    private static List<String> words(
            RuntimeCommand runtime,
            String container,
            Path process,
            Path pidFile,
            Path log,
            boolean terminal) {
        var words = new ArrayList<>(runtime.words("--log", log.toString(), "exec"));
        words.addAll(List.of("--process", process.toString(), "--pid-file", pidFile.toString()));
        if (terminal) {
            words.add("--tty");
        }
        words.add(container);
        return words;
    }

    private static ExecProcess onTerminal(
            @Nullable MonitorCgroup cgroup, List<String> words, Path pidFile, Path log)
            throws IOException {
        var terminal = Terminal.open();
        try {
            var child = Child.spawnOn(terminal.line(), words, RuntimeCommand.ENVIRONMENT);
            return new ExecProcess(
                    cgroup,
                    child,
                    pidFile,
                    log,
                    terminal.controller(),
                    List.of(terminal.controller()),
                    terminal);
        } catch (IOException e) {
            terminal.close();
            throw e;
        }
    }

    private static ExecProcess onPipes(
            @Nullable MonitorCgroup cgroup,
            List<String> words,
            Path pidFile,
            Path log,
            boolean stdin,
            long uid,
            long gid)
            throws IOException {
        try (var undo = new Undo()) {
            var out = undo.on(Pipe.open());
            var err = undo.on(Pipe.open());
            var in = stdin ? undo.on(Pipe.open()) : null;
            out.write().chown(uid, gid);
            err.write().chown(uid, gid);
            var descriptors = new java.util.HashMap<>(Map.of(1, out.write(), 2, err.write()));
            if (in != null) {
                in.read().chown(uid, gid);
                descriptors.put(0, in.read());
            }
            var child = Child.spawn(words, RuntimeCommand.ENVIRONMENT, descriptors);
            out.write().close();
            err.write().close();
            if (in != null) {
                in.read().close();
            }
            undo.keep();
            return new ExecProcess(
                    cgroup,
                    child,
                    pidFile,
                    log,
                    in == null ? null : in.keepWrite(),
                    List.of(out.keepRead(), err.keepRead()),
                    null);
        }
    }

    /** How it ended; the message is {@code null} if the process ran. */
    public record Ended(int code, @Nullable String failure) {}

    /**
     * Copies its output to the sink until it has ended; two threads may call the sink, one at a
     * time.
     */
    public Ended pump(Console.Sink sink) throws IOException {
        var lock = new Object();
        var open = new CountDownLatch(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            int stream = i + 1;
            Thread.ofVirtual()
                    .name("exec-output")
                    .start(() -> {
                        copy(outputs.get(stream - 1), stream, sink, lock);
                        open.countDown();
                    });
        }
        var over = new CountDownLatch(1);
        Thread.ofVirtual().name("exec-deadline").start(() -> endAfterDeadline(over));
        int code = child.waitFor();
        over.countDown();
        try {
            long before;
            do { // a client that reads slowly gets all of it
                before = progress.get();
            } while (!open.await(LINGER_SECONDS, TimeUnit.SECONDS)
                    && (delivering.get() > 0 || progress.get() != before));
            if (open.getCount() > 0) {
                outputs.forEach(Fd::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ended(code);
    }

    /**
     * Go raises the soft limit of open files when it starts, and runc (1.1) sets that of an exec
     * without waiting for it: only a slow move between cgroups lets it come second.
     */
    private static @Nullable MonitorCgroup quick(Monitors monitors, ProcessSpec spec) {
        boolean limited =
                spec.rlimits().stream()
                        .anyMatch(l -> l.type().equals("nofile") && l.soft() < l.hard());
        return limited ? null : monitors.cgroup();
    }

    private boolean isOverQuickly(CountDownLatch over) throws InterruptedException {
        return cgroup != null && cgroup.keepMovesQuick(child.pid(), over);
    }

    /**
     * A runtime that opens a FIFO which the container put in the place of a file waits for ever.
     */
    private void endAfterDeadline(CountDownLatch over) {
        try {
            if (!isOverQuickly(over)
                    && !over.await(SETUP_SECONDS, TimeUnit.SECONDS)
                    && !Files.exists(pidFile)) {
                late = true;
                Processes.killChildren(child.pid());
                kill();
            }
        } catch (InterruptedException | IOException e) {
            kill();
        }
    }

    private Ended ended(int code) throws IOException {
        if (late) {
            return new Ended(
                    126,
                    "OCI runtime exec failed: the process was not set up in "
                            + SETUP_SECONDS
                            + " seconds: does a file such as /etc/passwd in the container not let"
                            + " itself be read?");
        }
        // without its directory the container has ended, and the process with it
        if (started || Files.exists(pidFile) || !Files.exists(pidFile.resolveSibling("."))) {
            return new Ended(code, null);
        }
        var text = Files.exists(log) ? Files.readString(log) : "";
        var failure =
                new StartFailure(
                        "OCI runtime exec failed: "
                                + RuntimeCommand.message(text, code)
                                + ": unknown");
        return new Ended(failure.code(), failure.getMessage());
    }

    private void copy(Fd from, int stream, Console.Sink sink, Object lock) {
        var buffer = new byte[BUFFER];
        boolean gone = false;
        try {
            for (int n; (n = read(from, buffer)) > 0; ) {
                progress.incrementAndGet();
                if (!gone && awaitStarted()) { // else the runtime's own words, which its log has
                    delivering.incrementAndGet();
                    gone = !taken(sink, stream, buffer, n, lock);
                    delivering.decrementAndGet();
                }
            }
        } catch (IOException e) {
            from.close(); // this was closed meanwhile, or the kernel will not read: no more output
        }
    }

    /** As Docker: a process whose client leaves goes on, and its output goes nowhere. */
    private static boolean taken(
            Console.Sink sink, int stream, byte[] buffer, int length, Object lock) {
        synchronized (lock) {
            try {
                sink.write(stream, buffer, 0, length);
                return true;
            } catch (IOException | IllegalStateException e) {
                return false;
            }
        }
    }

    /** Waits until the runtime has said that the process runs; false if it ended without. */
    private boolean awaitStarted() throws IOException {
        while (!started && !Files.exists(pidFile)) {
            if (hasEnded()) {
                return Files.exists(pidFile);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        started = true;
        return true;
    }

    /** A terminal whose last holder is gone gives EIO. */
    private static int read(Fd from, byte[] buffer) throws ErrnoException {
        try {
            return from.read(buffer, 0, buffer.length);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EIO) {
                return -1;
            }
            throw e;
        }
    }

    /** Input for the process; refused if it was started without. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (input != null) {
            input.write(bytes, offset, length);
        }
    }

    /** No more input will come. A terminal has no end of input. */
    public void endInput() {
        if (input != null && terminal == null) {
            input.close();
        }
    }

    /** Sets its terminal's size; the runtime, which has it as its own, passes that on. */
    public void resize(int rows, int columns) throws IOException {
        if (terminal == null) {
            throw new IOException("the process has no terminal");
        }
        terminal.controller().windowSize(rows, columns);
    }

    /** Its pid on the host, once it runs. */
    public Optional<Long> pid() throws IOException {
        try {
            var text = Files.readString(pidFile).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether the runtime has ended. */
    private boolean hasEnded() throws IOException {
        return Processes.startTime(child.pid()).isEmpty();
    }

    /** Ends the runtime, and so what it waits for. */
    public void kill() {
        try {
            child.kill(SIGKILL);
        } catch (IOException e) {
            // it has ended
        }
    }

    @Override
    public void close() {
        outputs.forEach(Fd::close);
        if (input != null) {
            input.close();
        }
    }
}
