package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.ExecConfig;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.output.WaitingConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.MountableFile;

/**
 * How Testcontainers is used, by its own documentation. It takes its configuration from the
 * environment, so that this is the program of a JVM of its own, {@link TestcontainersJvm}: it reads
 * names of methods here, a line each, and answers whether that one threw nothing, and what it
 * returned or threw.
 */
final class TestcontainersUsage {
    private static final String SESSION = DockerClientFactory.SESSION_ID;
    private static final String[] SERVE_HELLO = {
        "sh", "-c", "mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www"
    };

    private TestcontainersUsage() {}

    public static void main(String[] none) throws Exception {
        var answers = new DataOutputStream(System.out);
        System.setOut(System.err);
        try (var names = new Scanner(System.in, UTF_8)) {
            while (names.hasNextLine()) answer(names.nextLine(), answers);
        }
    }

    private static void answer(String name, DataOutputStream answers) throws Exception {
        try {
            var returned = TestcontainersUsage.class.getDeclaredMethod(name).invoke(null);
            answers.writeBoolean(true);
            answers.writeUTF(String.valueOf(returned));
        } catch (InvocationTargetException e) {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            var text = trace.toString();
            answers.writeBoolean(false);
            answers.writeUTF(text.substring(0, Math.min(text.length(), 16_000)));
        }
        answers.flush();
    }

    /** The names of those that are a statement each: they return nothing. */
    static Stream<String> statements() {
        return Arrays.stream(TestcontainersUsage.class.getDeclaredMethods())
                .filter(method -> method.getReturnType() == void.class)
                .filter(method -> method.getParameterCount() == 0 && !method.isSynthetic())
                .map(Method::getName)
                .sorted();
    }

    private static GenericContainer<?> busybox(String... command) {
        return new GenericContainer<>(TestImage.BUSYBOX.tag()).withCommand(command);
    }

    private static GenericContainer<?> server() {
        return busybox(SERVE_HELLO).withExposedPorts(8080);
    }

    private static String get(GenericContainer<?> server) throws Exception {
        var uri = URI.create("http://" + server.getHost() + ":" + server.getMappedPort(8080) + "/");
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static String said(GenericContainer<?> container, String... command) throws Exception {
        var result = container.execInContainer(command);
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        return result.getStdout();
    }

    static void aServerIsReachedAtItsMappedPortOnceItListens() throws Exception {
        try (var server = server().waitingFor(Wait.forListeningPort())) {
            server.start();
            assertThat(server.getMappedPort(8080)).isNotEqualTo(8080);
            assertThat(get(server)).isEqualTo("hello\n");
        }
    }

    static void aServerIsReadyWhenItAnswersHttp() throws Exception {
        var slow = "sleep 1; mkdir /www; echo up > /www/health; httpd -f -p 8080 -h /www";
        var healthy = Wait.forHttp("/health").forStatusCode(200);
        try (var server = busybox("sh", "-c", slow).withExposedPorts(8080).waitingFor(healthy)) {
            server.start();
            assertThat(server.isRunning()).isTrue();
        }
    }

    static void aContainerIsReadyWhenItsLogACommandOrItsHealthCheckSaysSo() throws Exception {
        var script = "sleep 0.5; echo one; echo now ready; touch /ready; sleep 9999";
        var logged = Wait.forLogMessage(".*ready.*\\n", 1);
        var command = Wait.forSuccessfulCommand("test -e /ready");
        try (var byLog = busybox("sh", "-c", script).waitingFor(logged);
                var byCommand = busybox("sh", "-c", script).waitingFor(command);
                var byHealth = new GenericContainer<>(TestImage.PROBED.tag())) {
            byHealth.waitingFor(Wait.forHealthcheck());
            Startables.deepStart(byLog, byCommand, byHealth).get(20, TimeUnit.SECONDS);
            assertThat(byLog.getLogs()).isEqualTo("one\nnow ready\n");
            assertThat(said(byCommand, "ls", "/ready")).isEqualTo("/ready\n");
            assertThat(byHealth.isHealthy()).isTrue();
        }
    }

    static void containersOfANetworkReachEachOtherByTheirAliases() throws Exception {
        try (var network = Network.newNetwork();
                var web = server().withNetwork(network).withNetworkAliases("web", "www");
                var client = busybox("sleep", "9999").withNetwork(network).dependsOn(web);
                var stranger = busybox("sleep", "9999")) {
            client.start(); // and what it depends on
            stranger.start();
            for (var alias : List.of("web", "www"))
                assertThat(said(client, "wget", "-qO-", "http://" + alias + ":8080/"))
                        .isEqualTo("hello\n");
            assertThat(get(web)).isEqualTo("hello\n");
            var lost = stranger.execInContainer("wget", "-qO-", "-T", "2", "http://web:8080/");
            assertThat(lost.getExitCode()).isNotZero();
        }
    }

    static void filesAreCopiedBeforeTheStartLaterAndBack() throws Exception {
        var file = Files.writeString(Files.createTempFile("copied", ""), "from the host");
        var directory = Files.createTempDirectory("copied");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("inner"), "in a directory");
        var script = Transferable.of("#!/bin/sh\ncat /etc/told\nsleep 9999\n", 0755);
        try (var container =
                busybox("/start.sh")
                        .withCopyToContainer(script, "/start.sh")
                        .withCopyToContainer(Transferable.of("told\n"), "/etc/told")
                        .withCopyFileToContainer(MountableFile.forHostPath(file), "/made/deep/file")
                        .withCopyFileToContainer(MountableFile.forHostPath(directory), "/dir")
                        .waitingFor(Wait.forLogMessage("told\\n", 1))) {
            container.start();
            assertThat(said(container, "cat", "/made/deep/file")).isEqualTo("from the host");
            assertThat(said(container, "cat", "/dir/inner")).isEqualTo("in a directory");
            container.copyFileToContainer(Transferable.of("later"), "/tmp/later");
            assertThat(said(container, "cat", "/tmp/later")).isEqualTo("later");
            said(container, "sh", "-c", "echo made inside > /tmp/inside");
            container.copyFileFromContainer("/tmp/inside", file.toString());
            assertThat(file).hasContent("made inside\n");
            assertThat(
                            container.copyFileFromContainer(
                                    "/tmp/later",
                                    (InputStream in) -> new String(in.readAllBytes(), UTF_8)))
                    .isEqualTo("later");
        } finally {
            Files.delete(file);
            Files.delete(directory.resolve("inner"));
            Files.delete(directory);
        }
    }

    static void logConsumersAreToldAllInOrder() throws Exception {
        var all = new ToStringConsumer();
        var waiting = new WaitingConsumer();
        var script = "for n in 1 2 3; do echo out $n; echo err $n >&2; sleep 0.2; done; echo done";
        try (var container = busybox("sh", "-c", script + "; sleep 9999")) {
            container.withLogConsumer(all).withLogConsumer(waiting).start();
            waiting.waitUntil(
                    frame -> frame.getUtf8String().contains("done"), 20, TimeUnit.SECONDS);
            assertThat(container.getLogs(OutputFrame.OutputType.STDOUT))
                    .isEqualTo("out 1\nout 2\nout 3\ndone\n");
            assertThat(container.getLogs(OutputFrame.OutputType.STDERR))
                    .isEqualTo("err 1\nerr 2\nerr 3\n");
            assertThat(all.toUtf8String()).contains("out 1\n", "err 3\n");
        }
    }

    static void aCommandInAContainerGivesBothOutputsAndItsCode() throws Exception {
        try (var container = busybox("sleep", "9999")) {
            container.start();
            var result = container.execInContainer("sh", "-c", "echo out; echo err >&2; exit 7");
            assertThat(result.getStdout()).isEqualTo("out\n");
            assertThat(result.getStderr()).isEqualTo("err\n");
            assertThat(result.getExitCode()).isEqualTo(7);
            var config =
                    ExecConfig.builder()
                            .user("alice")
                            .workDir("/tmp")
                            .envVars(Map.of("COLOUR", "blue"))
                            .command(new String[] {"sh", "-c", "id -u; pwd; echo $COLOUR"})
                            .build();
            assertThat(container.execInContainer(config).getStdout())
                    .isEqualTo("500\n/tmp\nblue\n");
        }
    }

    static void aContainerHasTheEnvironmentCommandAndMountsThatAreAskedFor() throws Exception {
        try (var container =
                busybox("sh", "-c", "echo $GREETING from $(pwd); sleep 9999")
                        .withEnv("GREETING", "good day")
                        .withWorkingDirectory("/home")
                        .withLabel("tier", "web")
                        .withExtraHost("elsewhere", "192.0.2.7")
                        .withTmpFs(Map.of("/scratch", "rw,size=1m"))
                        .withSharedMemorySize(2L << 20)
                        .withCreateContainerCmdModifier(
                                command -> limit(command.getHostConfig()).withInit(true))) {
            container.waitingFor(Wait.forLogMessage("good day from /home\\n", 1)).start();
            assertThat(said(container, "grep", "elsewhere", "/etc/hosts")).contains("192.0.2.7");
            assertThat(said(container, "df", "-k", "/scratch", "/dev/shm"))
                    .contains(" 1024 ", " 2048 ");
            var info = container.getCurrentContainerInfo();
            assertThat(info.getConfig().getLabels()).containsEntry("tier", "web");
            assertThat(info.getHostConfig().getMemory()).isEqualTo(64L << 20);
        }
    }

    private static HostConfig limit(@org.jspecify.annotations.Nullable HostConfig config) {
        return java.util.Objects.requireNonNull(config).withMemory(64L << 20);
    }

    static void aContainerThatIsStoppedCanBeStartedAnew() throws Exception {
        try (var server = server()) {
            server.start();
            var first = server.getContainerId();
            server.stop();
            assertThat(server.isRunning()).isFalse();
            server.start();
            assertThat(server.getContainerId()).isNotEqualTo(first);
            assertThat(get(server)).isEqualTo("hello\n");
        }
    }

    static void aProgramThatEndsIsWaitedFor() {
        try (var container = busybox("sh", "-c", "echo worked")) {
            container.withStartupCheckStrategy(new OneShotStartupCheckStrategy()).start();
            assertThat(container.getLogs()).isEqualTo("worked\n");
        }
    }

    static void aStartThatFailsIsToldWithItsReason() {
        try (var container = busybox("sh", "-c", "echo no luck >&2; exit 3").withExposedPorts(80)) {
            assertThatThrownBy(container::start)
                    .isInstanceOf(ContainerLaunchException.class)
                    .extracting(Throwables::getStackTrace)
                    .asString() // as soon as it looks, or after it has waited for the port
                    .containsAnyOf("Container did not start correctly", "exited with code 3");
        }
        try (var container = busybox("/no/such/program")) {
            assertThatThrownBy(container::start)
                    .isInstanceOf(ContainerLaunchException.class)
                    .hasStackTraceContaining("/no/such/program");
        }
        try (var container =
                busybox("sleep", "9999")
                        .waitingFor(
                                Wait.forLogMessage("never", 1)
                                        .withStartupTimeout(Duration.ofSeconds(1)))) {
            assertThatThrownBy(container::start)
                    .isInstanceOf(ContainerLaunchException.class)
                    .hasStackTraceContaining("Timed out waiting for log output");
        }
    }

    /** The id of a container that outlives its client. */
    static String reused() throws Exception {
        var server = server().withReuse(true).withLabel("rbt", "reused");
        server.start();
        assertThat(get(server)).isEqualTo("hello\n");
        return server.getContainerId();
    }

    /** Leaves a session as a test does that is killed; returns its id. */
    static String left() {
        var labels = new HashMap<>(DockerClientFactory.DEFAULT_LABELS);
        labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, SESSION);
        var volume = Cli.PREFIX + SESSION;
        var network = Network.newNetwork();
        var server = server().withNetwork(network).withNetworkAliases("web");
        var bind = new Bind(volume, new Volume("/data"));
        server.withCreateContainerCmdModifier(
                command -> limit(command.getHostConfig()).withBinds(bind));
        var client = DockerClientFactory.instance().client();
        client.createVolumeCmd().withName(volume).withLabels(labels).exec();
        server.start();
        client.commitCmd(server.getContainerId()).withRepository(volume).withLabels(labels).exec();
        return SESSION;
    }
}
