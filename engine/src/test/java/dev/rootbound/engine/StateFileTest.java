package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Lease;
import dev.rootbound.runtime.Rlimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
    @TempDir Path directory;

    static Stream<ContainerState> states() {
        return Stream.of(
                new ContainerState.Created(),
                new ContainerState.Running(4711, 123456789L, TestContainers.NOW, Lease.Kind.OWN),
                new ContainerState.Exited(137, true, TestContainers.NOW, TestContainers.NOW, null),
                new ContainerState.Restarting(
                        new ContainerState.Exited(
                                1, false, TestContainers.NOW, TestContainers.NOW, null),
                        TestContainers.NOW.plusSeconds(60)),
                new ContainerState.Exited(
                        127, false, TestContainers.NOW, TestContainers.NOW, "not \"found\"\n"));
    }

    @ParameterizedTest
    @MethodSource("states")
    void everyStateIsReadAsItWasWritten(ContainerState state) throws IOException {
        var ids = IdMaps.of(new IdRange(1_879_048_192L, 65536));
        roundTrip(container(Isolation.DEFAULT).with(state, ids, Path.of("/run/x/rootfs")));
        roundTrip(container(Isolation.DEFAULT).with(state, null, null));
    }

    static Stream<Isolation.Seccomp> seccomps() {
        return Stream.of(
                new Isolation.Seccomp.Default(),
                new Isolation.Seccomp.Unconfined(),
                new Isolation.Seccomp.Profile("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}"));
    }

    @ParameterizedTest
    @MethodSource("seccomps")
    void everySeccompIsReadAsItWasWritten(Isolation.Seccomp seccomp) throws IOException {
        roundTrip(container(TestIsolation.with(seccomp)));
    }

    @Test
    void healthAndRestartsAreReadAsTheyWereWritten() throws IOException {
        var zero = Duration.ZERO;
        var asked = TestSpec.of("true");
        asked.restart = new RestartPolicy(RestartPolicy.When.ON_FAILURE, 3);
        asked.health =
                new HealthCheck(
                        List.of("CMD", "x"),
                        Duration.ofMillis(1500),
                        zero,
                        zero,
                        zero,
                        2,
                        List.of());
        var result = new Health.Result(TestContainers.NOW, TestContainers.NOW, -1, "no");
        roundTrip(
                TestContainers.of("a".repeat(64), "n", 1, asked.build())
                        .withRestarts(2)
                        .withStopAsked(true)
                        .withHealth(new Health(Health.Status.UNHEALTHY, 2, List.of(result))));
    }

    @Test
    void whatAnEarlierReleaseDidNotWriteIsAsItWasThen() throws IOException {
        var container = container(Isolation.DEFAULT);
        StateFile.write(directory, container);
        var file = directory.resolve("container.json");
        var text = Files.readString(file);
        for (var later : List.of("restart", "stopAsked", "health")) {
            text = text.replaceAll(",\"" + later + "\":(null|false|\\{[^}]*})", "");
            assertThat(text).doesNotContain("\"" + later + "\"");
        }
        Files.writeString(file, text);
        assertThat(StateFile.read(directory)).isEqualTo(container);
    }

    private static Container container(Isolation isolation) {
        var spec = TestSpec.of("sh", "-c", "echo ä $'\\0'").isolation(isolation);
        spec.entrypoint = List.of();
        spec.env = List.of("A=b=c", "EMPTY=");
        spec.labels = Map.of("k", "", "ü", "v");
        spec.tmpfs = List.of(new ContainerSpec.Tmpfs("/t", "size=1m"));
        spec.rlimits = List.of(new Rlimit("nofile", 10, -1));
        spec.oomScoreAdj = -5;
        spec.stopSignal = "SIGQUIT";
        return TestContainers.of("ab".repeat(32), "n1", 1000, spec.build())
                .withExecs(List.of("e1"));
    }

    private void roundTrip(Container container) throws IOException {
        StateFile.write(directory, container);
        assertThat(StateFile.read(directory)).isEqualTo(container);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("container.json"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\":3}",
                "{\"format\":3,\"container\":null}",
                "{\"format\":3,\"container\":{}}",
                "{\"format\":3,\"container\":[]}",
                "{\"format\":3,\"container\":{\"state\":{\"is\":\"frozen\"}}}",
                "{\"format\":3,",
                "\0\0\0\0",
                "{}",
                "null",
                "[]",
                "",
            })
    void aDamagedFileIsAnErrorThatNamesIt(String text) throws IOException {
        Files.writeString(directory.resolve("container.json"), text);
        assertThatThrownBy(() -> StateFile.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(directory + "/container.json is damaged: ");
    }

    @Test
    void anotherFormatIsRefusedByItsNumber() throws IOException {
        Files.writeString(
                directory.resolve("container.json"), "{\"format\":4,\"container\":{\"new\":[1]}}");
        assertThatThrownBy(() -> StateFile.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("this engine reads 3");
    }

    @Test
    void aWriteThatFailsLeavesTheLastOne() throws IOException {
        var first = container(Isolation.DEFAULT);
        StateFile.write(directory, first);
        Files.createDirectory(directory.resolve(".container.json.tmp"));
        assertThatThrownBy(() -> StateFile.write(directory, first.withExecs(List.of())))
                .isInstanceOf(IOException.class);
        assertThat(StateFile.read(directory)).isEqualTo(first);
    }
}
