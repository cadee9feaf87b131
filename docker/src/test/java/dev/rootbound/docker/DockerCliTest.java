package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stock docker CLI as the client; without it these fail, unless the tag is excluded. */
@Tag("docker-cli")
@Timeout(60)
class DockerCliTest {
    private static final Path CLI = Path.of("/usr/local/bin/docker");

    private final FakeEngine engine = new FakeEngine();
    private @TempDir Path directory;
    private Path socket;
    private DockerApi api;

    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Result(int code, byte[] out, String err) {
        String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    @BeforeEach
    void serve() throws IOException {
        assertThat(CLI).as("the stock docker CLI").isExecutable();
        socket = directory.resolve("d.sock");
        api = DockerApi.serve(socket, Access.EVERYBODY, engine);
    }

    @AfterEach
    void close() throws IOException {
        api.close();
    }

    private ProcessBuilder command(String... arguments) {
        var command = new ArrayList<>(List.of(CLI.toString(), "-H", "unix://" + socket));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(Map.of("DOCKER_CONFIG", directory.toString()));
        return builder;
    }

    private Result docker(String... arguments) throws Exception {
        return docker(new byte[0], arguments);
    }

    private Result docker(byte[] input, String... arguments) throws Exception {
        var in = Files.write(directory.resolve("in"), input);
        var out = directory.resolve("out");
        var err = directory.resolve("err");
        var process =
                command(arguments)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return new Result(process.exitValue(), Files.readAllBytes(out), Files.readString(err));
    }

    @Test
    void versionAndInfoAreUnderstood() throws Exception {
        assertThat(docker("version").text()).contains("API version:      1.51 (minimum");
        var info = docker("info");
        assertThat(info.code()).isZero();
        assertThat(info.text()).contains("Profile: rootbound").contains("userns");
        assertThat(info.err()).contains("builds are not built yet");
    }

    @Test
    void runGivesOutputAndExitCode() throws Exception {
        assertThat(docker("run", "--rm", "box", "echo", "hi").text()).isEqualTo("hi\n");
        assertThat(docker("run", "--rm", "box", "exit", "42").code()).isEqualTo(42);
        assertThat(docker("run", "--rm", "box", "nosuch").code()).isEqualTo(127);
        var unknown = docker("run", "unknown", "x");
        assertThat(unknown.code()).isEqualTo(125);
        assertThat(unknown.err()).contains("manifest for unknown:latest not found");
        assertThat(docker("run", "--network-alias", "a", "box").code()).isEqualTo(125);
    }

    @Test
    void runWithInputEndsAtItsEndAndLosesNothing() throws Exception {
        var bytes = new byte[10 << 20];
        new Random(2).nextBytes(bytes);
        var result = docker(bytes, "run", "-i", "--rm", "box", "cat");
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEqualTo(bytes);
    }

    @Test
    void execGivesOutputAndExitCode() throws Exception {
        docker("run", "-d", "--name", "s", "box", "sleep");
        var input = "typed".getBytes(StandardCharsets.UTF_8);
        assertThat(docker(input, "exec", "-i", "s", "cat").text()).isEqualTo("typed");
        assertThat(docker("exec", "s", "exit", "3").code()).isEqualTo(3);
        var missing = docker("exec", "s", "nosuch");
        assertThat(missing.code()).isEqualTo(127);
        assertThat(missing.text()).contains("executable file not found");
    }

    @Test
    void psAndInspectShowIt() throws Exception {
        docker("run", "-d", "--name", "s", "-l", "a=b", "box", "sleep");
        assertThat(docker("ps", "--format", "{{.Names}} {{.Status}}").text()).matches("s Up .*\n");
        assertThat(docker("ps", "-q", "-f", "label=a=c").text()).isEmpty();
        assertThat(docker("inspect", "-f", "{{.State.Pid}} {{.Name}}", "s").text())
                .isEqualTo("4711 /s\n");
        assertThat(docker("stop", "s").code()).isZero();
        assertThat(docker("ps", "-a", "--format", "{{.Status}}").text()).startsWith("Exited (143)");
        assertThat(docker("rm", "s").code()).isZero();
        assertThat(docker("inspect", "NOPE").err()).contains("Error: No such object: NOPE");
    }

    @Test
    void logsFollowUntilTheEnd() throws Exception {
        docker("run", "--name", "b", "box", "both");
        assertThat(docker("logs", "b").text()).isEqualTo("out\n");
        assertThat(docker("logs", "b").err()).isEqualTo("err\n");
        docker("run", "-d", "--name", "s", "box", "sleep");
        var follow = command("logs", "-f", "s").start();
        try (var reader = follow.inputReader(StandardCharsets.UTF_8)) {
            engine.box("s").process.out("live\n");
            assertThat(reader.readLine()).isEqualTo("live");
            docker("kill", "s");
            assertThat(follow.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            follow.destroyForcibly();
        }
    }

    @Test
    void imagesAreListedTaggedLoadedAndRemoved() throws Exception {
        assertThat(docker("images", "--format", "{{.Repository}}:{{.Tag}}").text())
                .isEqualTo("box:latest\n");
        assertThat(docker("tag", "box", "other:1").code()).isZero();
        var tar = "tar".getBytes(StandardCharsets.UTF_8);
        assertThat(docker(tar, "load").text()).contains("Loaded image: box:latest");
        assertThat(docker(tar, "import", "-c", "CMD sh", "-", "made:1").text())
                .isEqualTo(FakeEngine.IMAGE + "\n");
        assertThat(engine.imported).containsExactly("made:1", "CMD sh");
        assertThat(docker("image", "inspect", "-f", "{{.Os}}", "box").text()).isEqualTo("linux\n");
        assertThat(docker("rmi", "other:1").text()).contains("Untagged: other:1");
    }

    @Test
    void whatIsNotBuiltIsSaid() throws Exception {
        assertThat(docker("search", "box").err()).contains("is not built yet");
    }

    @Test
    void networks() throws Exception {
        var id = docker("network", "create", "--subnet", "10.9.0.0/24", "--ipv6", "n").text();
        assertThat(id.strip()).hasSize(64);
        assertThat(docker("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}").text())
                .isEqualTo(
                        "bridge bridge local\nhost host local\nn bridge local\nnone null local\n");
        docker("run", "-d", "--name", "s", "--network", "n", "-p", "8080:80", "box", "sleep");
        assertThat(docker("network", "inspect", "-f", "{{range .Containers}}{{.Name}}{{end}}", "n"))
                .extracting(Result::text)
                .isEqualTo("s\n");
        assertThat(docker("ps", "--format", "{{.Ports}} {{.Networks}}").text())
                .isEqualTo("0.0.0.0:8080->80/tcp n\n");
        assertThat(docker("port", "s").text()).isEqualTo("80/tcp -> 0.0.0.0:8080\n");
        assertThat(docker("network", "connect", "--alias", "x", "bridge", "s").code()).isZero();
        assertThat(docker("network", "disconnect", "bridge", "s").code()).isZero();
        assertThat(docker("network", "rm", "n").err()).contains("has active endpoints");
        docker("rm", "-f", "s");
        assertThat(docker("network", "prune", "-f").text()).contains("Deleted Networks:\nn");
        assertThat(docker("info", "-f", "{{.Plugins.Network}}").text())
                .isEqualTo("[bridge host null]\n");
    }

    @Test
    void volumes() throws Exception {
        assertThat(docker("volume", "create", "--label", "a=b", "data").text().strip())
                .isEqualTo("data");
        assertThat(docker("volume", "create").text().strip()).isEqualTo("f".repeat(64));
        docker("volume", "create", "used");
        assertThat(docker("volume", "ls", "-q").text()).contains("data", "used");
        assertThat(docker("volume", "ls", "-q", "-f", "label=a=b").text().strip())
                .isEqualTo("data");
        assertThat(docker("volume", "ls", "-q", "-f", "dangling=false").text().strip())
                .isEqualTo("used");
        assertThat(
                        docker("volume", "inspect", "-f", "{{.Mountpoint}} {{.Labels}}", "data")
                                .text()
                                .strip())
                .isEqualTo("/store/v/data map[a:b]");
        assertThat(docker("volume", "rm", "used").err()).contains("volume is in use");
        assertThat(docker("volume", "rm", "none").err()).contains("no such volume");
        assertThat(docker("volume", "prune", "-f").text())
                .contains("f".repeat(64), "reclaimed space: 7B")
                .doesNotContain("data");
        assertThat(docker("volume", "prune", "-af").text()).contains("data");
        assertThat(docker("system", "df").text())
                .contains("Local Volumes   1         1         7B");
    }
}
