package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The engine is killed at a random moment of pulls, loads, commits, removals and prunes: no image
 * is damaged or lost, nothing is left over. The same seed is the same operations. Some rounds;
 * more, or others, are asked for with {@code mvn -Drounds=50 [-Dseed=N]}.
 */
@Tag("system")
class ImagesCrashTest {
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 3;
    private static final int MOST_OPERATIONS = 10;
    private static final int MOST_MILLISECONDS = 300;
    private static final int PATIENCE_MILLISECONDS = 5000;
    private static final int CALM_OPERATIONS = 20;
    private static final int FILES = 2000;

    /** Of what there is to be pulled. */
    private static final int LAYERS = 5;

    private final Path directory = Daemon.directory();
    private final TestRegistry registry = TestRegistry.open();
    private final Set<String> known = new HashSet<>();
    private Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");

    @AfterEach
    void close() {
        if (!daemon.isAlive()) daemon = Daemon.start(directory, directory.resolve("root"), "");
        daemon.close();
        registry.close();
    }

    @Test
    void noImageIsDamagedOrLostWhenTheEngineIsKilled() throws Exception {
        int rounds = Integer.getInteger("rounds", ROUNDS);
        long seed = Long.getLong("seed", new Random().nextInt(1_000_000));
        System.out.println("images: seed " + seed);
        var random = new Random(seed);
        var clients = clients(seed);
        for (int round = 0; round < rounds; round++) {
            trouble(clients, random.nextInt(MOST_OPERATIONS), random.nextInt(MOST_MILLISECONDS));
            daemon = Daemon.start(directory, directory.resolve("root"), "");
            check(clients, "seed " + seed + ", round " + round);
            runOne(random);
        }
        trouble(clients, CALM_OPERATIONS, -1);
        check(clients, "seed " + seed + ", without a kill");
        System.out.println("images: " + operations(clients) + " operations, " + rounds + " kills");
        assertThat(operations(clients)).isGreaterThan(rounds);
        allIsGivenBack();
    }

    private List<ImagesClient> clients(long seed) throws IOException {
        var docker = daemon.docker();
        docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        var big = image("rbt/big:1", noise(1, 24), manyFiles());
        var other = image("rbt/other:1", noise(2, 8), manyFiles(), noise(3, 1));
        var ids = Map.of(big, load(big), other, load(other));
        var shared = registry.image("shared/big:1");
        push(big, shared);
        var clients = new ArrayList<ImagesClient>();
        for (int i = 0; i < CLIENTS; i++) {
            var pulled = new TreeMap<String, String>();
            for (var image : List.of(big, other)) {
                var reference = registry.image("own" + i + "/" + image.name);
                push(image, reference);
                pulled.put(reference, Objects.requireNonNull(ids.get(image)));
            }
            var loaded = image("loaded" + i + ":1", noise(4 + i, 3));
            var id = load(loaded);
            docker.run("rmi", loaded.name).ok();
            var wares =
                    new ImagesClient.Wares(
                            pulled, shared, Map.entry(loaded.name, id), loaded.archive, "own" + i);
            startContainer(wares.container());
            clients.add(new ImagesClient(docker, i, seed, wares));
        }
        docker.run("rmi", big.name, other.name).ok();
        return clients;
    }

    private record Made(String name, Path archive) {}

    private Made image(String name, Layer... layers) {
        var all = new ArrayList<>(List.of(TestImage.busybox()));
        all.addAll(List.of(layers));
        var archive = Archive.write(directory, name, "\"Cmd\":[\"sh\"]", all.toArray(Layer[]::new));
        return new Made(name, archive);
    }

    private static Layer noise(int seed, int megabytes) {
        var bytes = new byte[megabytes << 20];
        new Random(seed).nextBytes(bytes);
        return new Layer().file("noise" + seed, Layer.Meta.mode(0644), bytes);
    }

    private static Layer manyFiles() {
        var layer = new Layer();
        for (int i = 0; i < FILES; i++) layer.file("many/" + i, "content of " + i);
        return layer;
    }

    /** Returns its id. */
    private String load(Made image) {
        daemon.docker().run("load", "-q", "-i", image.archive.toString()).ok();
        return daemon.docker().inspectImage(image.name).get("Id").asString();
    }

    private void push(Made image, String reference) {
        daemon.docker().run("tag", image.name, reference).ok();
        daemon.docker().run("push", "-q", reference).ok();
        daemon.docker().run("rmi", reference).ok();
    }

    /** It changes all the time what a commit packs. */
    private void startContainer(String name) {
        var script =
                "head -c 1m /dev/urandom >/noise; rm -r /home; while :; do date >/now; usleep 50000; done";
        daemon.docker()
                .run("run", "-d", "--name", name, TestImage.BUSYBOX.tag(), "sh", "-c", script)
                .ok();
    }

    /**
     * @param milliseconds after so many operations the engine is killed; negative: it is not
     */
    private void trouble(List<ImagesClient> clients, int operations, int milliseconds)
            throws InterruptedException {
        var over = new AtomicBoolean();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var troubles =
                    clients.stream()
                            .<Future<?>>map(c -> tasks.submit(() -> c.trouble(over::get)))
                            .toList();
            int wanted = operations(clients) + operations;
            for (int waited = 0;
                    operations(clients) < wanted && waited < PATIENCE_MILLISECONDS;
                    waited += 5) Daemon.pause(5);
            Daemon.pause(Math.max(0, milliseconds));
            over.set(true); // before: what fails from now on is nobody's fault
            if (milliseconds >= 0) daemon.kill();
            for (var trouble : troubles) trouble.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a client: " + e.getCause(), e);
        }
    }

    private static int operations(List<ImagesClient> clients) {
        return clients.stream().mapToInt(ImagesClient::operations).sum();
    }

    private void check(List<ImagesClient> clients, String when) throws IOException {
        var where = when + ", engine: " + daemon.log();
        assertThat(Invariants.broken(daemon, known)).as(where).isEmpty();
        for (var client : clients) client.check(daemon.api());
        for (var id : images()) {
            var verified = daemon.api().get("/rootbound/images/" + id + "/verify").good();
            assertThat(verified.json().get("Ok").asBoolean())
                    .as(where + ", " + id + ": " + verified.text())
                    .isTrue();
        }
    }

    private List<String> images() throws IOException {
        var ids = new ArrayList<String>();
        for (var image : daemon.api().get("/images/json?all=1").good().json())
            ids.add(image.get("Id").asString());
        return ids;
    }

    private void runOne(Random random) throws IOException {
        var ids = images();
        var id = ids.get(random.nextInt(ids.size()));
        var said = daemon.docker().run("run", "--rm", "--network", "none", id, "echo", "runs").ok();
        assertThat(said.out()).as(id).isEqualTo("runs");
    }

    /** Also what was held by pulls that were broken off. */
    private void allIsGivenBack() throws IOException {
        for (int i = 0; i < CLIENTS; i++) daemon.docker().run("rm", "-f", "own" + i).ok();
        for (var id : images()) daemon.docker().run("rmi", "-f", id).ok();
        assertThat(Invariants.broken(daemon, known)).as(daemon.log()).isEmpty();
        for (var emptied : List.of("content/blobs/sha256", "layers", "store/l", "store/c"))
            assertThat(directory.resolve("root").resolve(emptied)).isEmptyDirectory();
        try (var partial = Files.list(directory.resolve("root/content/incoming"))) {
            assertThat(partial.count()).as("broken downloads").isLessThan(CLIENTS * LAYERS);
        }
    }
}
