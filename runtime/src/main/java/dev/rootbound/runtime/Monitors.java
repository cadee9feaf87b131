package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Child;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Pipe;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Containers' monitors: one conmon process a container, which outlives the engine, holds the
 * container's streams, writes its log and its exit code.
 *
 * <pre>
 * engine                        conmon                     runtime
 *   begin ---------------------→ waits
 *   create --------------------→ create -----------------→ process made, not started
 *   ←-- pid, or why not ------------
 *   attach: clients that wait --→
 *   start ------------------------------------------------→ process runs
 *   ←-- its end: conmon ends, the exit file has the code
 *   delete -----------------------------------------------→ cgroup and state gone
 * </pre>
 */
public final class Monitors {
    private static final int SYNC_PIPE = 3;
    private static final int START_PIPE = 4;

    private final Path conmon;
    private final RuntimeCommand runtime;
    private final boolean startsByFifo;
    private final MonitorCgroup cgroup;

    /**
     * @param runtimeRoot where the runtime keeps its state, closed to others
     * @param unifiedCgroups whether /sys/fs/cgroup is cgroup v2
     */
    public Monitors(Tools tools, Path runtimeRoot, boolean unifiedCgroups) {
        this.conmon = tools.monitor();
        this.runtime = new RuntimeCommand(tools.runtime(), runtimeRoot);
        this.startsByFifo = tools.runtimeName().equals("runc");
        this.cgroup = MonitorCgroup.of(Path.of("/sys/fs/cgroup"), unifiedCgroups);
    }

    RuntimeCommand runtime() {
        return runtime;
    }

    MonitorCgroup cgroup() {
        return cgroup;
    }

    /** How a container's streams are to be held. */
    public record Streams(boolean terminal, boolean stdin, boolean stdinOnce, Optional<Path> log) {}

    /**
     * Starts the monitor of a bundle. It waits for {@link Launch#create}, so that its own start
     * costs no time: the bundle is filled meanwhile.
     */
    public Launch begin(Bundle bundle, Streams streams) throws IOException {
        Files.createDirectories(bundle.exitDirectory());
        try (var undo = new Undo()) {
            var sync = undo.on(Pipe.open());
            var start = undo.on(Pipe.open());
            var env = new HashMap<>(RuntimeCommand.ENVIRONMENT);
            env.put("_OCI_SYNCPIPE", Integer.toString(SYNC_PIPE));
            env.put("_OCI_STARTPIPE", Integer.toString(START_PIPE));
            var child =
                    Child.spawnIn(
                            bundle.directory(), // where it leaves its word of an OOM kill
                            words(bundle, streams),
                            env,
                            Map.of(SYNC_PIPE, sync.write(), START_PIPE, start.read()));
            sync.write().close();
            start.read().close();
            undo.keep();
            return new Launch(bundle, child, sync.keepRead(), start.keepWrite());
        }
    }

    /** A monitor on its way; closed, it is gone with its container . */
    public final class Launch implements AutoCloseable {
        private final Bundle bundle;
        private final Child child;
        private final Fd sync;
        private final Fd start;
        private boolean asked;
        private boolean created;

        private Launch(Bundle bundle, Child child, Fd sync, Fd start) {
            this.bundle = bundle;
            this.child = child;
            this.sync = sync;
            this.start = start;
        }

        /** Takes the monitor out of the engine's cgroup. Call before {@link #create}. */
        public void leaveEngine() throws IOException {
            cgroup.add(child.pid());
        }

        /**
         * Creates the container of the bundle, whose config.json is written now. It does not run
         * yet.
         *
         * @throws StartFailure in the runtime's words
         */
        public Monitor create() throws IOException {
            asked = true;
            try {
                start.write(new byte[] {0}, 0, 1);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EPIPE) { // it has ended: what it said is read below
                    throw e;
                }
            }
            var answered = new CountDownLatch(1);
            Thread.ofVirtual().name("launch-watch").start(() -> watch(answered));
            try {
                long pid = created(sync);
                var monitor = new Monitor(bundle, pid, forked(child, bundle));
                created = true;
                return monitor;
            } finally {
                answered.countDown();
            }
        }

        /** A runtime that reads a FIFO of the image's, say, would wait for ever. */
        private void watch(CountDownLatch answered) {
            try {
                if (!cgroup.keepMovesQuick(child.pid(), answered)
                        && !answered.await(RuntimeCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    Processes.killNaming(bundle.directory());
                }
            } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws IOException {
            if (!asked) {
                child.reap(); // first: it would take the pipe's end for the word to create
            }
            sync.close();
            start.close();
            if (created) {
                delete(bundle);
                new Monitor(bundle, 0, pid(bundle.monitorPidFile()).orElse(0)).awaitExit();
            } else {
                abandon(bundle, child);
            }
        }

        /** The container starts: from now on it has a life of its own. */
        public void keep() {
            sync.close();
            start.close();
        }
    }

    /** The first conmon process ends when the second, the monitor, is on its own. */
    private static long forked(Child child, Bundle bundle) throws IOException {
        int code = child.waitFor();
        var monitor = pid(bundle.monitorPidFile());
        if (code != 0 || monitor.isEmpty()) {
            throw new StartFailure("conmon ended with code " + code + " and wrote no pid file");
        }
        return monitor.getAsLong();
    }

    /** Nothing of a launch that failed stays: no container, no monitor, no zombie. */
    private void abandon(Bundle bundle, Child child) throws IOException {
        try (var undo = new Undo()) {
            undo.on(child::reap);
            undo.on(() -> {
                var monitor = pid(bundle.monitorPidFile());
                if (monitor.isPresent()) {
                    new Monitor(bundle, 0, monitor.getAsLong()).end();
                }
            });
            undo.on(() -> delete(bundle));
        }
    }

    private static OptionalLong pid(Path file) throws IOException {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (NoSuchFileException | NumberFormatException e) {
            return OptionalLong.empty(); // not written, or not all of it
        }
    }

    private List<String> words(Bundle bundle, Streams streams) {
        var words = new ArrayList<>(List.of(conmon.toString(), "--api-version", "1"));
        words.addAll(List.of("--cid", bundle.id(), "--cuuid", bundle.id(), "--name", bundle.id()));
        words.addAll(List.of("--bundle", bundle.directory().toString(), "--full-attach"));
        words.addAll(List.of("--runtime", runtime.program().toString()));
        words.addAll(
                List.of("--runtime-arg", "--root", "--runtime-arg", runtime.root().toString()));
        words.addAll(List.of("--container-pidfile", bundle.pidFile().toString()));
        words.addAll(List.of("--conmon-pidfile", bundle.monitorPidFile().toString()));
        words.addAll(List.of("--exit-dir", bundle.exitDirectory().toString()));
        words.addAll(List.of("--log-level", "error", "--no-sync-log", "--log-path"));
        words.add(streams.log().map(log -> "k8s-file:" + log).orElse("none"));
        if (streams.terminal()) {
            words.add("--terminal");
        }
        if (streams.stdin()) {
            words.add("--stdin");
            if (!streams.stdinOnce()) {
                words.add("--leave-stdin-open");
            }
        }
        return words;
    }

    /**
     * What conmon says on its sync pipe: {@code {"data": PID}}, or -1 and the runtime's message.
     */
    private static long created(Fd sync) throws IOException {
        var said = new ByteArrayOutputStream();
        var buffer = new byte[4096];
        for (int n;
                said.toString(UTF_8).indexOf('\n') < 0
                        && (n = sync.read(buffer, 0, buffer.length)) > 0; ) {
            said.write(buffer, 0, n);
        }
        var text = said.toString(UTF_8);
        try {
            var answer = JsonMapper.shared().readTree(text);
            long pid = answer.path("data").asLong(-1);
            if (pid > 0) {
                return pid;
            }
            if (!answer.isObject()) {
                throw silent(text);
            }
            throw new StartFailure(
                    "OCI runtime create failed: "
                            + RuntimeCommand.message(answer.path("message").asString(""), 1)
                            + ": unknown");
        } catch (JacksonException e) {
            throw silent(text);
        }
    }

    private static StartFailure silent(String text) {
        return new StartFailure(
                "conmon ended without saying whether the container was made"
                        + (text.isBlank() ? "" : ", but: " + text.strip()));
    }

    /** Lets the created container's process run. */
    public void start(Monitor created) throws IOException {
        var bundle = created.bundle();
        if (!startsByFifo
                || !ExecFifo.release(fifo(bundle), created.pid(), RuntimeCommand.PATIENCE)) {
            runtime.run("start", bundle.id());
        }
    }

    /**
     * Removes what the runtime keeps of a container, its cgroup too; kills it if it still runs.
     * Gone already is fine.
     */
    public void delete(Bundle bundle) throws IOException {
        if (has(bundle)) {
            runtime.run("delete", "--force", bundle.id());
        }
    }

    /** Whether the runtime knows the container: something may run in it. */
    public boolean has(Bundle bundle) {
        return Files.exists(runtime.root().resolve(bundle.id()));
    }

    /** The ids of those that the runtime knows. */
    public List<String> list() throws IOException {
        try (var all = Files.list(runtime.root())) {
            return all.map(state -> String.valueOf(state.getFileName())).toList();
        }
    }

    /** Whether the container was made and its process still waits to be started. */
    public boolean isUnstarted(Bundle bundle) {
        return Files.exists(fifo(bundle));
    }

    /** runc and crun alike: start opens this fifo and removes it. */
    private Path fifo(Bundle bundle) {
        return runtime.root().resolve(bundle.id()).resolve("exec.fifo");
    }

    /** The monitor that an earlier engine launched; empty if that did not get so far. */
    public Optional<Monitor> find(Bundle bundle) throws IOException {
        var pid = pid(bundle.pidFile());
        var monitor = pid(bundle.monitorPidFile());
        if (pid.isEmpty() || monitor.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Monitor(bundle, pid.getAsLong(), monitor.getAsLong()));
    }

    /** Removes what an earlier engine launched and did not live to know, with its monitor. */
    public void remove(Bundle bundle) throws IOException {
        delete(bundle);
        var monitor = pid(bundle.monitorPidFile());
        if (monitor.isPresent()) {
            new Monitor(bundle, 0, monitor.getAsLong()).end();
        }
    }

    /** Whether a process of that pid is this bundle's monitor. */
    static boolean isMonitor(long pid, Bundle bundle) throws IOException {
        return Processes.startTime(pid).isPresent() && Processes.names(pid, bundle.directory());
    }
}
