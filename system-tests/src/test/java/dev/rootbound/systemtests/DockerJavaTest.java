package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.CpuStatsConfig;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** docker-java, which Testcontainers uses, as its users do. */
@SystemTest
@Timeout(60)
class DockerJavaTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();
    private DockerClient client;

    @BeforeEach
    void connect(Target target) {
        target.load(TestImage.BUSYBOX);
        var config =
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(target.address())
                        .withDockerTlsVerify(false)
                        .build();
        client =
                DockerClientImpl.getInstance(
                        config,
                        new ZerodepDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .build());
    }

    @AfterEach
    void disconnect() throws IOException {
        client.close();
    }

    /** What a stream said, in its order. */
    private static final class Said<T> extends ResultCallback.Adapter<T> {
        private final BlockingQueue<T> all = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T next) {
            all.add(next);
        }

        T next() throws InterruptedException {
            return Objects.requireNonNull(all.poll(20, TimeUnit.SECONDS), "nothing came");
        }

        String text() {
            return all.stream()
                    .map(each -> new String(((Frame) each).getPayload(), UTF_8))
                    .reduce("", String::concat);
        }
    }

    private String started(String... command) {
        var id =
                client.createContainerCmd(IMAGE)
                        .withName(Cli.PREFIX + "java" + System.nanoTime())
                        .withCmd(command)
                        .exec()
                        .getId();
        client.startContainerCmd(id).exec();
        return id;
    }

    @Test
    void itFindsTheEngineItsImagesAndItsContainers() {
        client.pingCmd().exec();
        assertThat(client.versionCmd().exec().getApiVersion()).isNotBlank();
        assertThat(client.infoCmd().exec().getOsType()).isEqualTo("linux");
        assertThat(client.listImagesCmd().exec())
                .anyMatch(image -> List.of(image.getRepoTags()).contains(IMAGE));
        assertThat(client.inspectImageCmd(IMAGE).exec().getArch()).isNotBlank();

        var id = started("sleep", "60");
        assertThat(client.listContainersCmd().withIdFilter(List.of(id)).exec())
                .singleElement()
                .satisfies(c -> assertThat(c.getState()).isEqualTo("running"));
        assertThatThrownBy(() -> client.inspectContainerCmd("nobody").exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void aRunIsMadeStartedWaitedForAndRemoved() throws Exception {
        var config =
                HostConfig.newHostConfig()
                        .withMemory(64L << 20)
                        .withRestartPolicy(RestartPolicy.noRestart());
        var id =
                client.createContainerCmd(IMAGE)
                        .withName(Cli.PREFIX + "made")
                        .withEnv("GREETING=hello")
                        .withHostConfig(config)
                        .withLabels(java.util.Map.of("tier", "web"))
                        .withCmd("sh", "-c", "echo $GREETING; exit 7")
                        .exec()
                        .getId();
        assertThatThrownBy(
                        () -> client.createContainerCmd(IMAGE).withName(Cli.PREFIX + "made").exec())
                .isInstanceOf(ConflictException.class);
        client.startContainerCmd(id).exec();
        assertThat(client.waitContainerCmd(id).start().awaitStatusCode(20, TimeUnit.SECONDS))
                .isEqualTo(7);
        var seen = client.inspectContainerCmd(id).exec();
        assertThat(seen.getState().getExitCodeLong()).isEqualTo(7);
        assertThat(seen.getHostConfig().getMemory()).isEqualTo(64L << 20);
        assertThat(seen.getConfig().getLabels()).containsEntry("tier", "web");
        var logs = new Said<Frame>();
        client.logContainerCmd(id).withStdOut(true).withStdErr(true).exec(logs).awaitCompletion();
        assertThat(logs.text()).isEqualTo("hello\n");
        client.removeContainerCmd(id).exec();
        assertThatThrownBy(() -> client.inspectContainerCmd(id).exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void anExecGivesItsOutputItsInputAndItsCode() throws Exception {
        var id = started("sleep", "60");
        var exec =
                client.execCreateCmd(id)
                        .withAttachStdin(true)
                        .withAttachStdout(true)
                        .withAttachStderr(true)
                        .withCmd("sh", "-c", "read line; echo got $line; echo bad >&2; exit 5")
                        .exec()
                        .getId();
        var said = new Said<Frame>();
        client.execStartCmd(exec)
                .withStdIn(new ByteArrayInputStream("a line\n".getBytes(UTF_8)))
                .exec(said)
                .awaitCompletion(20, TimeUnit.SECONDS);
        assertThat(said.text()).contains("got a line\n").contains("bad\n");
        assertThat(client.inspectExecCmd(exec).exec().getExitCodeLong()).isEqualTo(5);
    }

    @Test
    void aFollowedLogComesLineByLineAndEndsWithTheContainer() throws Exception {
        var id = started("sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done");
        var said = new Said<Frame>();
        client.logContainerCmd(id).withStdOut(true).withFollowStream(true).exec(said);
        assertThat(new String(said.next().getPayload(), UTF_8)).isEqualTo("1\n");
        assertThat(said.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(said.text()).isEqualTo("2\n3\n");
    }

    @Test
    void anAttachmentMissesNothing() throws Exception {
        var id =
                client.createContainerCmd(IMAGE)
                        .withName(Cli.PREFIX + "attached")
                        .withCmd("sh", "-c", "echo first; read line; echo $line")
                        .withStdinOpen(true)
                        .withStdInOnce(true)
                        .exec()
                        .getId();
        var said = new Said<Frame>();
        client.attachContainerCmd(id)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .withStdIn(new ByteArrayInputStream("typed\n".getBytes(UTF_8)))
                .exec(said)
                .awaitStarted();
        client.startContainerCmd(id).exec();
        assertThat(said.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(said.text()).isEqualTo("first\ntyped\n");
    }

    @Test
    void statisticsComeOnceASecondAndAreOfTheContainer() throws Exception {
        var id = started("sh", "-c", "while :; do :; done");
        var said = new Said<Statistics>();
        client.statsCmd(id).exec(said);
        said.next();
        var second = said.next();
        assertThat(second.getMemoryStats().getUsage()).isPositive();
        assertThat(used(second.getCpuStats())).isGreaterThan(used(second.getPreCpuStats()));
        assertThat(second.getPidsStats().getCurrent()).isEqualTo(1);
        said.close();
    }

    private static @Nullable Long used(CpuStatsConfig cpu) {
        return Objects.requireNonNull(cpu.getCpuUsage()).getTotalUsage();
    }

    @Test
    void eventsTellOfALife() throws Exception {
        var said = new Said<Event>();
        client.eventsCmd().withLabelFilter("story").exec(said).awaitStarted();
        var id =
                client.createContainerCmd(IMAGE)
                        .withName(Cli.PREFIX + "story")
                        .withLabels(java.util.Map.of("story", "mine"))
                        .withCmd("true")
                        .exec()
                        .getId();
        client.startContainerCmd(id).exec();
        for (var action : List.of("create", "start", "die")) {
            var event = said.next();
            assertThat(event.getAction()).isEqualTo(action);
            assertThat(event.getId()).isEqualTo(id);
        }
        said.close();
    }

    @Test
    void theRestOfALife() throws Exception {
        var id =
                started(
                        "sh",
                        "-c",
                        "trap 'exit 0' TERM; echo > /made; while :; do sleep 0.1; done");
        while (client.containerDiffCmd(id).exec() == null) { // as Docker, when there is none
            Thread.sleep(50);
        }
        assertThat(client.containerDiffCmd(id).exec())
                .anyMatch(change -> change.getPath().equals("/made"));
        assertThat(client.topContainerCmd(id).exec().getProcesses()).isNotEmpty();
        client.pauseContainerCmd(id).exec();
        assertThat(client.inspectContainerCmd(id).exec().getState().getPaused()).isTrue();
        client.unpauseContainerCmd(id).exec();
        client.updateContainerCmd(id).withMemory(32L << 20).withMemorySwap(64L << 20).exec();
        client.renameContainerCmd(id).withName(Cli.PREFIX + "renamed").exec();
        var restarted = client.inspectContainerCmd(id).exec();
        client.restartContainerCmd(Cli.PREFIX + "renamed").withTimeout(5).exec();
        assertThat(client.inspectContainerCmd(id).exec().getState().getStartedAt())
                .isNotEqualTo(restarted.getState().getStartedAt());
        client.killContainerCmd(id).withSignal("TERM").exec();
        assertThat(client.waitContainerCmd(id).start().awaitStatusCode(20, TimeUnit.SECONDS))
                .isZero();
        client.stopContainerCmd(started("sleep", "60")).withTimeout(0).exec();
        client.removeContainerCmd(id).withForce(true).exec();
    }

    @Test
    void anImageIsLoadedTaggedAndRemoved() throws Exception {
        try (var archive = Files.newInputStream(TestImage.BUSYBOX.archive())) {
            client.loadImageCmd(archive).exec();
        }
        client.tagImageCmd(IMAGE, "docker-java/copy", "1").exec();
        assertThat(client.inspectImageCmd("docker-java/copy:1").exec().getId())
                .isEqualTo(client.inspectImageCmd(IMAGE).exec().getId());
        client.removeImageCmd("docker-java/copy:1").exec();
        assertThatThrownBy(() -> client.inspectImageCmd("docker-java/copy:1").exec())
                .isInstanceOf(NotFoundException.class);
    }
}
