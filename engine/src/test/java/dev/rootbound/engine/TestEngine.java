package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.ContentStore;
import dev.rootbound.image.Images;
import dev.rootbound.linux.Dir;
import dev.rootbound.network.Links;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistrySettings;
import dev.rootbound.rootfs.EtcFiles;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.Layers;
import dev.rootbound.rootfs.OverlaySnapshots;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.rootfs.VolumeTrees;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real engine on directories of its own, which can be left and opened again. */
final class TestEngine implements AutoCloseable {
    /** A uid of this process's own: the cgroups of another run of these tests are not its. */
    private static final long UID = 5_000_000 + ProcessHandle.current().pid();

    /** Nobody else's, so that its cgroups are nobody else's either. */
    static final Caller CALLER = new Caller(new Tenant(UID), UID, UID, List.of());

    private static final long FIRST = 1_879_048_192L;

    final Path top;
    final Path root;
    final Path run;
    final Path etc;
    final List<Layers> opened = new ArrayList<>();
    Tools tools;
    int blocks = 64;
    UnaryOperator<Snapshots> decorator = s -> s;
    IdPool pool;
    PolicyInForce policy = PolicyInForce.of(tenants(TenantLimits.NONE));
    LocalEngine engine;

    TestEngine() throws IOException {
        top = directory(Files.createTempDirectory("rootbound-engine-"), "rwx--x--x");
        root = directory(top.resolve("root"), "rwx--x--x");
        run = directory(top.resolve("run"), "rwx--x--x");
        etc = directory(top.resolve("etc"), "rwxr-xr-x");
        var user = ":x:" + UID + ":" + UID + "::/:/bin/sh\n";
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/:/bin/sh\ntest" + user);
        Files.writeString(etc.resolve("group"), "root:x:0:\n");
        tools = Tools.find(System.getenv("PATH"), Host.read().unifiedCgroups());
        pool = pool();
        engine = LocalEngine.open(parts());
    }

    /** For a field of a test. */
    static TestEngine open() {
        try {
            return new TestEngine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The settings of an engine's tests: the pool is small, and an eighth of it too small for most.
     *
     * @param memory bytes that a tenant may have, else nothing is limited
     */
    static PolicySettings tenants(long memory) {
        var usual = PolicySettings.DEFAULT;
        var none = Optional.of(TenantLimits.NONE);
        var all = new TenantPolicy.Asked(none, Optional.of(memory), none, none, none);
        var tenants = new TenantPolicy("policy.yaml", all, List.of());
        return new PolicySettings(
                usual.maxLayerSize(),
                usual.signatures(),
                tenants,
                usual.clients(),
                usual.containers());
    }

    private IdPool pool() throws IOException {
        var range = new IdRange(FIRST, blocks * IdPool.BLOCK);
        return new IdPool(List.of(range), List.of(), Set.of(), new FileClaims(top.resolve("ids")));
    }

    private static Path directory(Path path, String mode) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    EngineParts parts() throws IOException {
        var lock = EngineLock.take(root);
        var content = new ContentStore(root.resolve("content"));
        var store = directory(root.resolve("store"), "rwx------");
        var layers = new Layers(store.resolve("l"), root.resolve("layers"), () -> Long.MAX_VALUE);
        opened.add(layers);
        var images = new Images(root.resolve("images"), content);
        var staging = directory(run.resolve("staging"), "rwx------");
        return new EngineParts(
                lock,
                "test",
                root,
                run,
                Host.read(),
                tools,
                new Monitors(
                        tools,
                        directory(run.resolve("runtime"), "rwx------"),
                        Host.read().unifiedCgroups()),
                pool,
                "",
                null,
                content,
                images,
                layers,
                new Registries(
                        new RegistrySettings(List.of(), Set.of(), List.of(), Map.of(), "test")),
                decorator.apply(
                        new OverlaySnapshots(
                                store, staging, layer -> "l/" + layers.directory(layer))),
                new SubnetClaims(top.resolve("subnets"), root),
                new VolumeTrees(store),
                new EtcFiles(store),
                new HostMounts(directory(run.resolve("covers"), "rwx------"), List.of(root, run)),
                etc,
                Set.of(run.resolve("socket")),
                Stream.concat(images.problems().stream(), layers.damaged().stream()).toList(),
                policy,
                Map.of("PATH", "/nowhere"),
                Clock.systemUTC(),
                new SecureRandom());
    }

    /** As after the engine's end: containers go on, and a new engine knows of no lease. */
    void reopen() throws IOException {
        engine.close();
        pool = pool();
        engine = LocalEngine.open(parts());
    }

    /** Of the links that the engine makes on the host, and of nobody else's: bridges, plugs. */
    List<String> linkPrefixes() {
        var key = NetworkRecords.digest(root.toString()).substring(0, 5);
        return List.of("rb" + key, "rv" + key);
    }

    /** What the host has of the engine's networks. */
    List<String> linksAndTables() throws IOException {
        var prefixes = linkPrefixes();
        var found =
                new ArrayList<>(Links.named(name -> prefixes.stream().anyMatch(name::startsWith)));
        var nft = new ProcessBuilder("nft", "list", "tables").start();
        var tables = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var table = "rootbound_" + prefixes.getFirst().substring(2);
        tables.lines().filter(line -> line.endsWith(" " + table)).forEach(found::add);
        return found;
    }

    /** What another program of the host would be, for this engine from now on. */
    void replaceMonitor(String script) throws IOException {
        tools = new Tools(tools.runtime(), script("conmon", script));
        reopen();
    }

    void replaceRuntime(String script) throws IOException {
        tools = new Tools(script("runc", script), tools.monitor());
        reopen();
    }

    private Path script(String name, String text) throws IOException {
        var file = Files.createTempFile(top, name, "");
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return directoryless(file);
    }

    private static Path directoryless(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    String create(TestSpec spec) {
        return create(null, spec);
    }

    String create(@Nullable String name, TestSpec spec) {
        return engine.create(CALLER, name, spec.build()).id();
    }

    void start(String id) {
        engine.start(CALLER, id);
    }

    String started(TestSpec spec) {
        var id = create(spec);
        start(id);
        return id;
    }

    Container inspect(String id) {
        return engine.inspect(CALLER, id);
    }

    /** Starts what makes the file /ready when it is. */
    String ready(TestSpec spec) throws Exception {
        var id = started(spec);
        await(() ->
                engine.files().changes(CALLER, id).stream()
                        .anyMatch(change -> change.path().equals("/ready")));
        return id;
    }

    /** While there is no engine: until the container's processes have ended, its monitor last. */
    void awaitEndOf(String id) throws Exception {
        var pid = Files.readString(run.resolve("c").resolve(id).resolve("conmon.pid")).strip();
        await(() -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
    }

    /** What must be true soon, on a busy machine too. */
    static void await(Condition what) throws Exception {
        for (int i = 0; i < 6000; i++) {
            if (what.holds()) return;
            Thread.sleep(10);
        }
        fail("it did not come true within a minute");
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    int waitFor(String id) throws InterruptedException {
        try (var wait = engine.waitFor(CALLER, id, Engine.WaitFor.NOT_RUNNING)) {
            return wait.await().code();
        }
    }

    /** What a container says that ends well. */
    String run(TestSpec spec) throws Exception {
        var id = create(spec);
        var client = attach(id, false);
        // registered before the start: a container that is removed at its end is not found after it
        try (var waiting = engine.waitFor(CALLER, id, Engine.WaitFor.NEXT_EXIT)) {
            start(id);
            var out = client.end().out();
            assertThat(waiting.await().code()).as(out).isZero();
            return out;
        }
    }

    /** Runs it with its output. */
    Recorder attach(String id, boolean stdin) {
        var recorder = new Recorder();
        recorder.attachment =
                engine.attach(CALLER, id, Set.of(Engine.Stream.values()), stdin, recorder);
        return recorder;
    }

    @Override
    public void close() throws IOException {
        for (var container : engine.list(CALLER)) {
            engine.killAndDelete(CALLER, container.id(), false);
        }
        engine.close();
        assertThat(linksAndTables()).isEmpty();
        opened.forEach(Layers::close);
        try (var dir = Dir.open(top)) {
            for (var name : dir.names()) {
                dir.removeTree(name);
            }
        }
        Files.delete(top);
    }
}
