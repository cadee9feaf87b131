package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Four clients do random things, the engine is killed at a random moment and started again: no
 * container, image, exit code, log line or lease is lost, nothing is left over. The same seed is
 * the same operations.
 */
@Tag("system")
@EnabledIfSystemProperty(
        named = "rounds",
        matches = "[0-9]+",
        disabledReason = "some 10 s a round; asked for with mvn -Drounds=200 [-Dseed=N]")
class ChaosTest {
    private static final int CLIENTS = 4;
    private static final int MOST_OPERATIONS = 60;
    private static final int MOST_MILLISECONDS = 50;
    private static final int PATIENCE_MILLISECONDS = 10_000;

    @Test
    void nothingIsLostOrLeftOverWhenTheEngineIsKilled() throws Exception {
        int rounds = number("rounds", 0);
        long seed = number("seed", new Random().nextInt(1_000_000));
        System.out.println("chaos: seed " + seed);
        Shell.run(900, Map.of(), new byte[0], List.of(Shell.CHECKOUT + "/rootbound", "--help"));
        var directory = Daemon.directory();
        var archive = Files.readAllBytes(TestImage.BUSYBOX.archive());
        var random = new Random(seed);
        var clients =
                IntStream.range(0, CLIENTS)
                        .mapToObj(i -> new ChaosClient(i, seed, archive))
                        .toList();
        var known = new HashSet<String>();
        var daemon = Daemon.start(directory, directory.resolve("root"), "");
        int done = 0;
        try {
            daemon.api().ask("POST", "/images/load", "application/x-tar", archive).good();
            for (; done < rounds; done++) {
                trouble(daemon, clients, random);
                for (var client : clients) known.addAll(client.ids());
                daemon = Daemon.start(directory, directory.resolve("root"), "");
                var where = "seed " + seed + ", round " + done + ", engine: " + daemon.log();
                assertThat(Invariants.broken(daemon, known)).as(where).isEmpty();
                for (var client : clients) client.check(daemon.api());
            }
        } finally {
            if (!daemon.isAlive()) daemon = Daemon.start(directory, directory.resolve("root"), "");
            daemon.close();
        }
        int operations = operations(clients);
        System.out.println("chaos: " + operations + " operations, " + done + " kills");
        assertThat(operations).isGreaterThan(done);
    }

    private static int operations(List<ChaosClient> clients) {
        return clients.stream().mapToInt(ChaosClient::operations).sum();
    }

    private static int number(String property, int otherwise) {
        var text = System.getProperty(property, "");
        return text.isEmpty() ? otherwise : Integer.parseInt(text);
    }

    private static void trouble(Daemon daemon, List<ChaosClient> clients, Random random)
            throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var troubles =
                    clients.stream()
                            .<Future<?>>map(c -> tasks.submit(() -> c.trouble(daemon.api())))
                            .toList();
            int before = operations(clients);
            int wanted = before + random.nextInt(MOST_OPERATIONS);
            for (int waited = 0;
                    operations(clients) < wanted && waited < PATIENCE_MILLISECONDS;
                    waited++) Daemon.pause(1);
            Daemon.pause(random.nextInt(MOST_MILLISECONDS));
            daemon.kill();
            for (var trouble : troubles) trouble.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a client: " + e, e);
        }
    }
}
