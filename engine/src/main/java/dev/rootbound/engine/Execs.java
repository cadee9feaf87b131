package dev.rootbound.engine;

import dev.rootbound.linux.Failpoint;
import dev.rootbound.runtime.ExecCgroup;
import dev.rootbound.runtime.ExecProcess;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.RuntimeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The further processes of running containers. */
final class Execs {
    /** How long an exec that has ended can be asked about, as in Docker. */
    private static final int LONGEST_EVENT = 4096;

    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Map<String, ExecEntry> byId = new ConcurrentHashMap<>();
    private final Monitors monitors;
    private final SpecPlan plan;
    private final Start start;
    private final Lookup lookup;
    private final Policy policy;
    private final AuditLog audit;
    private final EventLog events;
    private final Supplier<String> ids;
    private final InstantSource clock;

    Execs(
            Monitors monitors,
            SpecPlan plan,
            Start start,
            Lookup lookup,
            Policy policy,
            AuditLog audit,
            EventLog events,
            Supplier<String> ids,
            InstantSource clock) {
        this.monitors = monitors;
        this.plan = plan;
        this.start = start;
        this.lookup = lookup;
        this.policy = policy;
        this.audit = audit;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    String create(Caller caller, ContainerEntry entry, Engine.ExecSpec spec) {
        ContainerEntry.Live _ = entry.running("exec");
        if (spec.args().isEmpty()) {
            throw new EngineException.Invalid("No exec command specified");
        }
        audit.record(
                AuditLog.Subject.of("exec", caller, entry.container()),
                policy.judge(caller, entry.container(), spec));
        forgetOld();
        var exec = new ExecEntry(ids.get(), entry, spec, clock.instant(), events);
        byId.put(exec.id, exec);
        changeIds(entry, exec.id, true);
        exec.publishCommand("exec_create: ");
        return exec.id;
    }

    private static void changeIds(ContainerEntry entry, String id, boolean add) {
        entry.lock.lock();
        try {
            var all = new ArrayList<>(entry.container().execIds());
            boolean _ = add ? all.add(id) : all.remove(id);
            entry.become(entry.container().withExecs(all));
        } finally {
            entry.lock.unlock();
        }
    }

    private void forgetOld() {
        var before = clock.instant().minus(KEPT);
        byId.values()
                .removeIf(e -> {
                    var ended = e.begun ? e.endedAt : e.created;
                    return e.container.isDeleted() || (ended != null && ended.isBefore(before));
                });
    }

    /** The caller's, or anybody's for host root: an id is always given in full. */
    ExecEntry find(Caller caller, String id) {
        var exec = byId.get(id);
        if (exec == null || !isVisible(caller, exec.container.container())) {
            throw new EngineException.NotFound("No such exec instance: " + id);
        }
        return exec;
    }

    private boolean isVisible(Caller caller, Container container) {
        boolean own = container.tenant().equals(caller.tenant());
        return (own || caller.isHostRoot()) && lookup.isVisible(caller, container);
    }

    ExecEntry find(ContainerEntry entry, String id) {
        return find(Caller.of(entry.container().tenant()), id);
    }

    /** Starts it; its output goes to the attachment's. */
    void start(ExecEntry exec, int rows, int columns, Engine.Output output) throws IOException {
        start(exec, rows, columns, output, null);
    }

    /** As {@link #start(ExecEntry, int, int, Engine.Output)}, in a cgroup of its own. */
    void start(
            ExecEntry exec,
            int rows,
            int columns,
            Engine.Output output,
            @Nullable ExecCgroup cgroup)
            throws IOException {
        var live = exec.container.running("exec");
        exec.begin();
        exec.publishCommand("exec_start: ");
        var directory = live.monitor().bundle().directory();
        var file = directory.resolve("exec-" + exec.id);
        try {
            var container = exec.container.container();
            var ids = live.lease().ids();
            var user =
                    start.user(
                            container,
                            live.root(),
                            ids,
                            exec.spec.user().isEmpty()
                                    ? container.spec().user()
                                    : exec.spec.user());
            var process = plan.exec(container, exec.spec, user);
            write(file, JsonMapper.shared().writeValueAsBytes(RuntimeConfig.processJson(process)));
            Failpoint.reach("exec.written");
            var running =
                    ExecProcess.start(
                            monitors,
                            container.id(),
                            file,
                            process,
                            exec.spec.stdin(),
                            ids.uids().toHost(user.uid()).orElseThrow(),
                            ids.gids().toHost(user.gid()).orElseThrow(),
                            cgroup);
            exec.running(running);
            exec.container.execs.add(running);
            Failpoint.reach("exec.started");
            Thread.ofVirtual().name("exec").start(() -> follow(exec, running, file, output));
            if (rows > 0 && exec.spec.terminal()) {
                resize(running, rows, columns);
            }
        } catch (InvalidSpec e) {
            finish(exec, file, new ExecProcess.Ended(126, e.getMessage()));
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException e) {
            finish(exec, file, new ExecProcess.Ended(126, e.getMessage()));
            throw e;
        }
    }

    private static void resize(ExecProcess running, int rows, int columns) {
        try {
            running.resize(rows, columns);
        } catch (IOException | IllegalStateException e) {
            // it has ended already: its follower says how
        }
    }

    private static void write(Path file, byte[] json) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, json);
    }

    private void follow(ExecEntry exec, ExecProcess running, Path file, Engine.Output output) {
        var ended = new ExecProcess.Ended(137, null);
        try (running) {
            ended =
                    running.pump((stream, bytes, offset, length) -> {
                        boolean err = stream == 2;
                        if (err ? exec.spec.stderr() : exec.spec.stdout()) {
                            output.write(
                                    err ? Engine.Stream.STDERR : Engine.Stream.STDOUT,
                                    bytes,
                                    offset,
                                    length);
                        }
                    });
            var failure = ended.failure();
            if (failure != null) {
                // as Docker: the client is attached already, so the reason goes down its stream
                var text = (failure + "\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
                output.write(Engine.Stream.STDOUT, text, 0, text.length);
            }
        } catch (IOException e) {
            // the client is gone: the exit code is kept for whoever asks
        } finally {
            exec.container.execs.remove(running);
            finish(exec, file, ended);
        }
    }

    private void finish(ExecEntry exec, Path file, ExecProcess.Ended ended) {
        changeIds(exec.container, exec.id, false);
        for (var suffix : new String[] {"", ".pid", ".log"}) {
            try {
                Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
            } catch (IOException e) {
                // the bundle goes with the container
            }
        }
        exec.end(ended, clock.instant()); // last: who waits for it finds the rest done
    }

    /** One exec. */
    static final class ExecEntry implements Engine.Attachment {
        final String id;
        final ContainerEntry container;
        final Engine.ExecSpec spec;
        volatile @Nullable Instant endedAt;
        private volatile @Nullable ExecProcess process;
        private volatile ExecProcess.@Nullable Ended ended;
        private volatile long pid;
        private final CountDownLatch done = new CountDownLatch(1);
        private final CountDownLatch left = new CountDownLatch(1);
        private final EventLog events;
        private final Instant created;
        private volatile boolean begun;

        ExecEntry(
                String id,
                ContainerEntry container,
                Engine.ExecSpec spec,
                Instant created,
                EventLog events) {
            this.id = id;
            this.created = created;
            this.container = container;
            this.spec = spec;
            this.events = events;
        }

        synchronized void begin() {
            if (begun) {
                throw new EngineException.Conflict("exec " + id + " has already been started");
            }
            begun = true;
        }

        void running(ExecProcess started) {
            process = started;
        }

        void end(ExecProcess.Ended how, Instant at) {
            ended = how;
            endedAt = at;
            publish("exec_die", Map.of("exitCode", Integer.toString(how.code())));
            done.countDown();
            left.countDown();
        }

        /** The events are kept for a while: of a command that is megabytes long, its begin. */
        void publishCommand(String what) {
            var text = what + String.join(" ", spec.args());
            publish(
                    text.length() <= LONGEST_EVENT ? text : text.substring(0, LONGEST_EVENT) + "…",
                    Map.of());
        }

        private void publish(String action, Map<String, String> details) {
            var attributes = new HashMap<>(details);
            attributes.put("execID", id);
            events.publish(container.container(), action, attributes);
        }

        /** How it ended, {@code null} while it runs. */
        ExecProcess.@Nullable Ended ended() {
            return ended;
        }

        /** Waits until it runs or has ended. */
        void awaitRunning() throws IOException, InterruptedException {
            while (done.getCount() > 0 && pid() == 0) {
                Thread.sleep(1);
            }
        }

        private long pid() throws IOException {
            var started = process;
            if (pid == 0 && started != null) {
                pid = started.pid().orElse(0L);
            }
            return pid;
        }

        Engine.Exec view() throws IOException {
            var how = ended;
            boolean runs = begun && how == null;
            return new Engine.Exec(
                    id,
                    container.container().id(),
                    spec,
                    runs,
                    runs ? pid() : pid,
                    how == null ? null : how.code());
        }

        void resize(int rows, int columns) throws IOException {
            var started = process;
            if (started == null || ended != null) {
                throw notRunning();
            }
            try {
                started.resize(rows, columns);
            } catch (IllegalStateException e) { // it ended and its terminal was closed just now
                throw notRunning();
            }
        }

        private EngineException notRunning() {
            return new EngineException.Conflict("exec " + id + " is not running");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            var started = process;
            if (started != null && ended == null) { // else nobody reads it any more
                started.write(bytes, offset, length);
            }
        }

        @Override
        public void endInput() {
            var started = process;
            if (started != null) {
                started.endInput();
            }
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            left.await();
        }

        @Override
        public void detach() {
            publish("exec_detach", Map.of());
            left.countDown();
        }

        /** False if it still runs after that. */
        boolean awaitEnd(java.time.Duration patience) throws InterruptedException {
            return done.await(patience.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        }

        /** Ends the runtime, which waits for the process. */
        void kill() {
            var started = process;
            if (started != null) {
                started.kill();
            }
        }

        /** Docker: an exec whose client leaves goes on. */
        @Override
        public void close() {}
    }
}
