package dev.rootbound.docker;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.EngineInfo;
import dev.rootbound.engine.Health;
import dev.rootbound.engine.Remote;
import dev.rootbound.engine.RestartPolicy;
import dev.rootbound.engine.Usage;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Lease;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine in memory: real states, real pipes, processes that are lambdas. */
final class FakeEngine implements Engine {
    static final Digest IMAGE = new Digest("ab".repeat(32));

    private final FakeVolumes volumes = new FakeVolumes();
    private final FakeNetworks networks = new FakeNetworks(this);

    /** One container, mutable. */
    final class Box {
        final String id;
        volatile String name;
        final ContainerSpec spec;
        final Caller owner;
        final Instant created = Instant.now();
        final List<String> execs = new CopyOnWriteArrayList<>();
        final CountDownLatch removed = new CountDownLatch(1);
        volatile ContainerState state = new ContainerState.Created();
        volatile FakeProcess process = new FakeProcess();
        volatile int exits;
        volatile @Nullable Health health;

        Box(String name, ContainerSpec spec, Caller owner) {
            this.id = newId();
            this.name = name;
            this.spec = spec;
            this.owner = owner;
        }

        List<String> argv() {
            var argv = new ArrayList<String>();
            argv.addAll(spec.entrypoint() == null ? List.of() : spec.entrypoint());
            argv.addAll(spec.cmd() == null ? List.of("true") : spec.cmd());
            return argv;
        }

        Container view() {
            var running = state instanceof ContainerState.Running;
            var argv = argv();
            return new Container(
                    id,
                    name,
                    owner.tenant(),
                    created,
                    IMAGE,
                    List.of(),
                    spec,
                    state,
                    0,
                    false,
                    health,
                    running ? IdMaps.of(new IdRange(1_879_048_192L, 65536)) : null,
                    argv.getFirst(),
                    argv.subList(1, argv.size()),
                    Path.of("/var/lib/rootbound/containers", id, "log"),
                    null,
                    List.copyOf(execs));
        }
    }

    private final FakeTransfers transfers = new FakeTransfers(this::image);

    private final class FakeExec {
        final String id = newId();
        final Box box;
        final ExecSpec spec;
        final FakeProcess process = new FakeProcess();
        volatile boolean running;
        volatile @Nullable Integer code;

        FakeExec(Box box, ExecSpec spec) {
            this.box = box;
            this.spec = spec;
        }
    }

    final Map<String, FakeProcess.Program> programs = new ConcurrentHashMap<>(FakePrograms.ALL);
    final Map<String, Box> boxes = new ConcurrentHashMap<>();
    private final Map<String, FakeExec> execs = new ConcurrentHashMap<>();
    final List<String> names = new CopyOnWriteArrayList<>(List.of("box:latest"));
    volatile byte[] loaded = {};
    volatile List<String> imported = List.of();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final FakeEvents events = new FakeEvents();
    final FakeFiles files = new FakeFiles();
    final FakeImageFiles imageFiles = new FakeImageFiles(this);
    final List<Caller> callers = new CopyOnWriteArrayList<>();
    final AtomicInteger waiters = new AtomicInteger();
    final AtomicInteger openLogs = new AtomicInteger();
    final FakeUsage usage = new FakeUsage(this::box);
    private int ids;

    private synchronized String newId() {
        return String.format("%08x", ++ids * 0x9E3779B1) + "0".repeat(56);
    }

    Box box(String name) {
        for (var box : boxes.values()) {
            if (box.name.equals(name) || (name.length() > 2 && box.id.startsWith(name))) {
                return box;
            }
        }
        throw new EngineException.NotFound("No such container: " + name);
    }

    @Override
    public Made create(Caller caller, @Nullable String name, ContainerSpec spec) {
        callers.add(caller);
        if (!names.contains(spec.image()) && !names.contains(spec.image() + ":latest")) {
            throw new EngineException.NotFound("No such image: " + spec.image() + ":latest");
        }
        var taken = name != null && boxes.values().stream().anyMatch(b -> b.name.equals(name));
        if (taken) {
            throw new EngineException.Conflict(
                    "Conflict. The container name \"/" + name + "\" is already in use");
        }
        var box = new Box(name == null ? "happy_fern" + ids : name, spec, caller);
        boxes.put(box.id, box);
        return new Made(box.id, List.of());
    }

    volatile boolean strangersOnly;
    volatile LongUnaryOperator owner = uid -> uid;

    @Override
    public Optional<Caller> known(long uid, long gid, List<Long> groups) {
        return strangersOnly ? Optional.empty() : Optional.of(caller(uid, gid, groups));
    }

    @Override
    public Caller caller(long uid, long gid, List<Long> groups) {
        if (strangersOnly) {
            throw new EngineException.Denied("uid " + uid + " may not use this engine");
        }
        return new Caller(new Tenant(owner.applyAsLong(uid)), uid, gid, groups);
    }

    /** Who is who over tcp, by subject or host. */
    final Map<String, Long> remotes = new ConcurrentHashMap<>();

    private static String name(Remote remote) {
        return switch (remote) {
            case Remote.Certified(var subject) -> subject.getName();
            case Remote.Plain(var host) -> host;
        };
    }

    @Override
    public Optional<Tenant> known(Remote remote) {
        return Optional.ofNullable(remotes.get(name(remote))).map(Tenant::new);
    }

    @Override
    public Caller caller(Remote remote) {
        var tenant =
                known(remote)
                        .orElseThrow(
                                () -> new EngineException.Denied(name(remote) + " is no user"));
        return new Caller(tenant, tenant.uid(), tenant.uid(), List.of());
    }

    @Override
    public String origin(Caller caller, String container) {
        return box(container).spec.origin();
    }

    @Override
    public Container inspect(Caller caller, String container) {
        return box(container).view();
    }

    @Override
    public List<Container> list(Caller caller) {
        return boxes.values().stream()
                .sorted((a, b) -> b.id.compareTo(a.id))
                .map(Box::view)
                .toList();
    }

    @Override
    public List<Container> list(Caller caller, List<String> tenants) {
        asked.add("list " + tenants);
        return list(caller);
    }

    @Override
    public String tenantName(Container container) {
        return "user" + container.tenant().uid();
    }

    @Override
    public void start(Caller caller, String container) {
        var box = box(container);
        if (box.state instanceof ContainerState.Running) {
            throw new EngineException.Unchanged("it runs");
        }
        var argv = box.argv();
        var program = programs.get(argv.getFirst());
        if (program == null) {
            var why = "exec: \"" + argv.getFirst() + "\": executable file not found in $PATH";
            box.state = new ContainerState.Exited(127, false, Instant.EPOCH, Instant.now(), why);
            box.process.ended.countDown();
            if (box.spec.autoRemove()) {
                remove(box);
            }
            throw new EngineException.Invalid(why);
        }
        if (box.state instanceof ContainerState.Exited) {
            box.process = new FakeProcess();
        }
        var running = new ContainerState.Running(4711, 1, Instant.now(), Lease.Kind.OWN);
        box.state = running;
        var process = box.process;
        process.start(
                program,
                argv,
                () -> {
                    box.state = running.exited(process.code(), false, Instant.now());
                    synchronized (box) {
                        box.exits++;
                        box.notifyAll();
                    }
                    if (box.spec.autoRemove()) {
                        remove(box);
                    }
                });
    }

    private void remove(Box box) {
        boxes.remove(box.id);
        box.removed.countDown();
    }

    @Override
    public void stop(
            Caller caller, String container, @Nullable String signal, @Nullable Integer seconds) {
        var box = box(container);
        if (!(box.state instanceof ContainerState.Running)) {
            throw new EngineException.Unchanged("it does not run");
        }
        box.process.kill(15);
        join(box);
    }

    private static void join(Box box) {
        try {
            box.process.ended.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new EngineException.Failed("interrupted", e);
        }
    }

    @Override
    public void restart(
            Caller caller, String container, @Nullable String signal, @Nullable Integer seconds) {
        asked.add("restart " + container + " " + signal + " " + seconds);
        if (box(container).state instanceof ContainerState.Running) {
            stop(caller, container, signal, seconds);
        }
        start(caller, container);
    }

    @Override
    public void setRestartPolicy(Caller caller, String container, RestartPolicy policy) {
        asked.add("policy " + container + " " + policy.when());
    }

    @Override
    public void rename(Caller caller, String container, String name) {
        if (boxes.values().stream().anyMatch(b -> b.name.equals(name))) {
            throw new EngineException.Conflict("Error when allocating new name: Conflict.");
        }
        box(container).name = name;
    }

    @Override
    public void kill(Caller caller, String container, String signal) {
        var box = box(container);
        if (!(box.state instanceof ContainerState.Running)) {
            throw new EngineException.Conflict("container " + container + " is not running");
        }
        box.process.kill(signal.isEmpty() || signal.endsWith("KILL") ? 9 : 15);
    }

    @Override
    public void delete(Caller caller, String container, boolean withVolumes) {
        var box = box(container);
        if (box.state instanceof ContainerState.Running) {
            throw new EngineException.Conflict("cannot remove " + container + ": it runs");
        }
        remove(box);
    }

    @Override
    public void killAndDelete(Caller caller, String container, boolean withVolumes) {
        var box = box(container);
        if (box.state instanceof ContainerState.Running) {
            box.process.kill(9);
            join(box);
        }
        remove(box);
    }

    @Override
    public void resize(Caller caller, String container, int rows, int columns) {
        box(container).process.resized.add(rows + "x" + columns);
    }

    @Override
    public Waiting waitFor(Caller caller, String container, WaitFor what) {
        var box = box(container);
        int before = box.exits;
        waiters.incrementAndGet();
        return new Waiting() {
            @Override
            public Ended await() throws InterruptedException {
                if (what == WaitFor.REMOVED) {
                    box.removed.await();
                } else if (what == WaitFor.NEXT_EXIT
                        || box.state instanceof ContainerState.Running) {
                    synchronized (box) {
                        while (box.exits == before) {
                            box.wait();
                        }
                    }
                }
                return new Ended(box.process.code(), null);
            }

            @Override
            public void close() {
                waiters.decrementAndGet();
            }
        };
    }

    @Override
    public Attachment attach(
            Caller caller,
            String container,
            java.util.Set<Stream> streams,
            boolean stdin,
            Output output) {
        return box(container).process.attach(streams, output);
    }

    @Override
    public Log logs(Caller caller, String container, LogQuery query) {
        var box = box(container);
        var process = box.process;
        openLogs.incrementAndGet();
        return new Log() {
            private int at;
            private volatile boolean closed;

            @Override
            public Optional<LogEntry> next() throws InterruptedException {
                synchronized (process.log) {
                    while (!closed) {
                        while (at < process.log.size()) {
                            var entry = process.log.get(at++);
                            if (query.streams().contains(entry.stream())) {
                                return Optional.of(entry);
                            }
                        }
                        if (!query.follow() || process.ended.getCount() == 0) {
                            return Optional.empty();
                        }
                        process.log.wait();
                    }
                    return Optional.empty();
                }
            }

            @Override
            public void close() {
                synchronized (process.log) {
                    if (!closed) {
                        openLogs.decrementAndGet();
                    }
                    closed = true;
                    process.log.notifyAll();
                }
            }
        };
    }

    @Override
    public String createExec(Caller caller, String container, ExecSpec spec) {
        var box = box(container);
        if (!(box.state instanceof ContainerState.Running)) {
            throw new EngineException.Conflict("container " + container + " is not running");
        }
        var exec = new FakeExec(box, spec);
        execs.put(exec.id, exec);
        return exec.id;
    }

    private FakeExec exec(String id) {
        var exec = execs.get(id);
        if (exec == null) {
            throw new EngineException.NotFound("No such exec instance: " + id);
        }
        return exec;
    }

    @Override
    public Attachment startExec(Caller caller, String id, int rows, int columns, Output output) {
        var exec = exec(id);
        exec.process.resized.add(rows + "x" + columns);
        var attachment = exec.process.attach(EnumSet.allOf(Stream.class), output);
        run(exec);
        return attachment;
    }

    private void run(FakeExec exec) {
        var program = programs.get(exec.spec.args().getFirst());
        if (program == null) {
            exec.code = 127;
            throw new EngineException.Invalid(
                    "exec: \""
                            + exec.spec.args().getFirst()
                            + "\": executable file not found in $PATH");
        }
        exec.running = true;
        exec.process.start(
                program,
                exec.spec.args(),
                () -> {
                    exec.code = exec.process.code();
                    exec.running = false;
                });
    }

    @Override
    public void startExecDetached(Caller caller, String id) {
        run(exec(id));
    }

    @Override
    public Exec inspectExec(Caller caller, String id) {
        var exec = exec(id);
        return new Exec(exec.id, exec.box.id, exec.spec, exec.running, 4712, exec.code);
    }

    @Override
    public void resizeExec(Caller caller, String id, int rows, int columns) {
        exec(id).process.resized.add(rows + "x" + columns);
    }

    List<String> execSizes(String id) {
        return exec(id).process.resized;
    }

    Image image() {
        var defaults =
                new ImageConfig.Defaults(
                        "",
                        List.of("PATH=/bin"),
                        List.of(),
                        List.of("true"),
                        "",
                        Map.of("kind", "test"),
                        List.of(),
                        List.of(),
                        "",
                        null,
                        List.of());
        var config =
                new ImageConfig(
                        "amd64",
                        "linux",
                        "2026-01-02T03:04:05Z",
                        "me",
                        defaults,
                        List.of(IMAGE),
                        List.of());
        var raw = "{\"config\":{\"Cmd\":[\"true\"],\"Future\":7}}";
        var layers = List.of(new Image.Layer(IMAGE, IMAGE, 1234));
        return new Image(IMAGE, config, raw, IMAGE, layers, List.copyOf(names), List.of());
    }

    @Override
    public List<Image> images(Caller caller) {
        return List.of(image());
    }

    @Override
    public Image inspectImage(Caller caller, String image) {
        if (!ImageJson.isNamed(image(), image)) {
            throw new EngineException.NotFound("No such image: " + image);
        }
        return image();
    }

    @Override
    public void load(Caller caller, InputStream archive, Progress progress) {
        try {
            loaded = archive.readAllBytes();
        } catch (IOException e) {
            throw new EngineException.Failed("read the archive: " + e.getMessage(), e);
        }
        if (loaded.length == 0) {
            throw new EngineException.Invalid("the archive is empty");
        }
        progress.say("unpacking");
        progress.say("Loaded image: box:latest");
    }

    @Override
    public Image importImage(
            Caller caller, InputStream tar, String name, String message, List<String> changes) {
        load(caller, tar, _ -> {});
        imported = new ArrayList<>(changes);
        imported.addFirst(name);
        return image();
    }

    @Override
    public void tag(Caller caller, String image, String name) {
        inspectImage(caller, image);
        names.add(name.replace("docker.io/library/", "")); // as the CLI spells it
    }

    @Override
    public List<Removal> removeImage(Caller caller, String image, boolean force) {
        inspectImage(caller, image);
        names.remove(image);
        return List.of(new Removal.Untagged(image), new Removal.Deleted(IMAGE.toString()));
    }

    @Override
    public FakeTransfers transfers() {
        return transfers;
    }

    @Override
    public FakeFiles files() {
        return files;
    }

    @Override
    public FakeImageFiles imageFiles() {
        return imageFiles;
    }

    @Override
    public FakeNetworks networks() {
        return networks;
    }

    @Override
    public FakeVolumes volumes() {
        return volumes;
    }

    @Override
    public Builds builds() {
        return new FakeBuilds();
    }

    @Override
    public FakeHousekeeping housekeeping() {
        return new FakeHousekeeping(this);
    }

    @Override
    public FakeEvents events() {
        return events;
    }

    @Override
    public Usage usage() {
        return usage;
    }

    @Override
    public dev.rootbound.engine.Permits permits() {
        throw new AssertionError("the policy is asked");
    }

    @Override
    public FakeEvidence evidence() {
        return new FakeEvidence();
    }

    @Override
    public EngineInfo info(Caller caller) {
        return new EngineInfo(
                "ID",
                "0.1.0",
                "host",
                "Debian",
                "6.18",
                "x86_64",
                2,
                1L << 34,
                2,
                "cgroupfs",
                "runc",
                "1.1.5",
                "2.1.6",
                Path.of("/var/lib/rootbound"),
                0,
                0,
                0,
                1,
                "rootbound",
                "1879048192:268304384",
                null,
                0,
                List.of("builds are not built yet"));
    }

    @Override
    public void close() {}
}
