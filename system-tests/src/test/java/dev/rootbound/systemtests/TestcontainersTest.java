package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Testcontainers for Java, unpatched and configured by its environment only. Instead of Ryuk, which
 * it starts to clean up behind it and whose image cannot be had without a registry, it is given a
 * stand-in, {@link Reaper}, that does the same by the same protocol: over the engine's own socket,
 * mounted into its container.
 */
@SystemTest
class TestcontainersTest {
    private static final String SESSION = "label=org.testcontainers.sessionId=";

    @BeforeAll
    static void load(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.PROBED, TestImage.REAPER);
    }

    @AfterAll
    static void theReapersEndWhenTheirWorkIsDone(Target target) {
        var line = List.of("ps", "-aq", "--filter", "label=org.testcontainers=true");
        assertThat(awaitNone(() -> lines(target.docker(), line))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> itsUsersFindWhatTheyAreUsedTo(Target target, @TempDir Path home) {
        var jvm = new TestcontainersJvm(target, home, Map.of());
        return TestcontainersUsage.statements()
                .map(each -> DynamicTest.dynamicTest(each, () -> jvm.use(each)))
                .onClose(jvm::close);
    }

    @Test
    void aReusedContainerIsFoundByTheNextClient(Target target, @TempDir Path home) {
        var reuse = Map.of("TESTCONTAINERS_REUSE_ENABLE", "true");
        String first;
        try (var jvm = new TestcontainersJvm(target, home, reuse)) {
            first = jvm.use("reused");
        }
        try (var jvm = new TestcontainersJvm(target, home, reuse)) {
            assertThat(jvm.use("reused")).isEqualTo(first);
        } finally {
            target.docker().run("rm", "-f", first).ok();
        }
    }

    @Test
    void whatAKilledClientLeavesIsRemovedAndNothingElse(Target target, @TempDir Path home) {
        var docker = target.docker();
        try (var other = new TestcontainersJvm(target, home, Map.of());
                var killed = new TestcontainersJvm(target, home, Map.of())) {
            var gone = killed.use("left");
            var stays = other.use("left");
            for (var session : List.of(gone, stays)) assertThat(all(docker, session)).hasSize(4);
            var plain =
                    docker.detached(
                            "--label",
                            "org.testcontainers=true",
                            TestImage.BUSYBOX.tag(),
                            "sleep",
                            "9999");
            killed.kill();
            assertThat(awaitNone(() -> all(docker, gone))).isEmpty();
            assertThat(all(docker, stays)).hasSize(4);
            assertThat(docker.inspect(plain).at("/State/Running").asBoolean()).isTrue();
        }
    }

    @Test
    void whatAnotherTenantHasIsNotFoundByTheMountedSocket(Target target, @TempDir Path home) {
        try (var users = new TestUsers(target.daemon(), 1)) {
            var user = users.docker(0);
            user.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            String session;
            String others;
            try (var jvm = new TestcontainersJvm(target, home, Map.of())) {
                session = jvm.use("left");
                var line = new ArrayList<>(List.of("run", "-d"));
                line.addAll(labels(target.docker(), session));
                line.addAll(List.of(TestImage.BUSYBOX.tag(), "sleep", "9999"));
                others = user.run(line.toArray(String[]::new)).ok().out();
                assertThat(all(user, session)).hasSize(1);
            }
            assertThat(awaitNone(() -> all(target.docker(), session))).isEmpty();
            assertThat(user.inspect(others).at("/State/Running").asBoolean()).isTrue();
            user.run("rm", "-f", others).ok();
            user.run("rmi", TestImage.BUSYBOX.tag()).ok();
        }
    }

    /** Those of a session's container, as options. */
    private static List<String> labels(Cli docker, String session) {
        var id = docker.run("ps", "-q", "--filter", SESSION + session).ok().out();
        return docker.inspect(id).at("/Config/Labels").properties().stream()
                .map(label -> "--label=" + label.getKey() + "=" + label.getValue().asString())
                .toList();
    }

    /** A session's container, network, volume and image. */
    private static List<String> all(Cli docker, String session) {
        var filter = SESSION + session;
        return Stream.of(
                        List.of("ps", "-aq", "--filter", filter),
                        List.of("network", "ls", "-q", "--filter", filter),
                        List.of("volume", "ls", "-q", "--filter", filter),
                        List.of("images", "-q", "--filter", filter))
                .flatMap(line -> lines(docker, line).stream())
                .toList();
    }

    private static List<String> lines(Cli docker, List<String> line) {
        return docker.run(line.toArray(String[]::new)).ok().out().lines().toList();
    }

    /** What is there still after a while. */
    private static List<String> awaitNone(Supplier<List<String>> all) {
        for (var tries = 0; tries < 150 && !all.get().isEmpty(); tries++) Daemon.pause(100);
        return all.get();
    }
}
