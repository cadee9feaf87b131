package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines that end while containers run or start, and engines beside each other. */
@Tag("system")
@Timeout(180)
class EngineEndTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();
    private static final int SOME = 8;
    private final Path directory = Daemon.directory();
    private Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");

    @BeforeEach
    void load() {
        docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterEach
    void close() {
        daemon.close();
    }

    private Cli docker() {
        return daemon.docker();
    }

    private void next() {
        daemon = Daemon.start(directory, directory.resolve("root"), "");
    }

    private String state(String name, String field) {
        return docker().run("inspect", "-f", "{{.State." + field + "}}", name).ok().out();
    }

    @Test
    void aKilledEnginesContainerGoesOnWithItsStreams() {
        var script = "echo before; read line; echo got $line; exit 5";
        docker().run("run", "-d", "-i", "--name", "one", IMAGE, "sh", "-c", script).ok();
        var pid = docker().pid("one");
        daemon.kill();
        assertThat(Path.of("/proc/" + pid)).exists();
        next();
        assertThat(docker().pid("one")).isEqualTo(pid);
        assertThat(docker().run("exec", "one", "echo", "inside").ok().out()).isEqualTo("inside");
        // the end of its input would detach the client before it has seen the output, as with
        // Docker
        var line = new ArrayList<>(List.of("sh", "-c", "(echo typed; sleep 3) | \"$@\"", "-"));
        line.addAll(docker().line("attach", "one"));
        var attached = Shell.run(line.toArray(String[]::new)).ended(5);
        assertThat(attached.out()).isEqualTo("got typed");
        assertThat(docker().run("wait", "one").ok().out()).isEqualTo("5");
        assertThat(docker().run("logs", "one").ok().out()).isEqualTo("before\ngot typed");
    }

    @Test
    void anEndThatNoEngineSawIsKnown() {
        var script = "trap 'echo last; exit 7' USR1; while :; do sleep 0.1; done";
        docker().run("run", "-d", "--name", "one", IMAGE, "sh", "-c", script).ok();
        docker().run("run", "-d", "--rm", "--name", "two", IMAGE, "sleep", "1").ok();
        var pid = docker().pid("one");
        daemon.kill();
        Shell.run("kill", "-USR1", Long.toString(pid)).ok();
        for (int i = 0; i < 50 && Files.exists(Path.of("/proc/" + pid)); i++) Daemon.pause(100);
        Daemon.pause(1000);
        next();
        assertThat(docker().run("wait", "one").ok().out()).isEqualTo("7");
        assertThat(state("one", "ExitCode")).isEqualTo("7");
        assertThat(docker().run("logs", "one").ok().out()).isEqualTo("last");
        assertThat(docker().run("ps", "-a", "--format", "{{.Names}}").ok().out()).isEqualTo("one");
    }

    /** A step's secrets are on no disk while it runs, and nowhere once its engine has died. */
    @Test
    void secretsOfBuildsAreInMemoryAndEndWithTheirEngine() throws Exception {
        var secret = "rbt-s3cret-3b90";
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN --mount=type=secret,id=key --mount=type=secret,id=key,target=/k,env=KEY"
                        + " cat /run/secrets/key /k > /dev/null; touch /read; exec sleep 9877\n";
        var json =
                "{\"key\":\"" + Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)) + "\"}";
        var body = new ByteArrayOutputStream();
        body.write(json.getBytes(UTF_8));
        body.write(BuildContext.tar(Map.of("Dockerfile", dockerfile)));
        var path = "/build?secrets=" + json.length();
        var engine = daemon;
        var building =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                engine.api()
                                        .ask("POST", path, "application/x-tar", body.toByteArray());
                            } catch (IOException e) {
                                // its engine was killed
                            }
                        });
        RestartTest.await(() -> Shell.run("pgrep", "-fx", "sleep 9877").code() == 0);
        var pid = Shell.run("pgrep", "-fx", "sleep 9877").ok().out();
        var inside = "/proc/" + pid + "/root";
        assertThat(Path.of(inside + "/run/secrets/key")).hasContent(secret);
        assertThat(Path.of(inside + "/k")).hasContent(secret);
        assertThat(Files.readString(Path.of("/proc/" + pid + "/environ")))
                .contains("KEY=" + secret);
        expectOnNoDisk(secret);
        daemon.kill();
        building.join();
        expectOnNoDisk(secret);
        next();
        RestartTest.await(() -> Shell.run("pgrep", "-fx", "sleep 9877").code() != 0);
        RestartTest.await(() -> docker().run("ps", "-aq").ok().out().isEmpty());
        RestartTest.await(() -> daemon.mounts().stream().noneMatch(at -> at.contains("/run/c/")));
        expectOnNoDisk(secret);
    }

    /** What is mounted in the engine's own namespace is not seen here. */
    private void expectOnNoDisk(String secret) {
        for (var text :
                List.of(secret, Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)))) {
            var found = Shell.run("grep", "-rlF", "-D", "skip", text, directory.toString());
            assertThat(found.out()).isEmpty();
        }
    }

    /** Some at a time: all have ended when this returns. */
    private static void each(Cli docker, Callable<?> beside, List<List<String>> commands)
            throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var command : commands) {
                var _ = tasks.submit(() -> docker.run(command.toArray(String[]::new)));
            }
            var _ = beside.call();
        }
    }

    private static List<List<String>> runs() {
        return IntStream.range(0, SOME)
                .mapToObj(i -> List.of("run", "-d", "--name", "c" + i, IMAGE, "sleep", "9999"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    void anEngineThatEndsDuringStartsLeavesContainersThatRunOrCanBeStarted(String signal)
            throws Exception {
        docker().run("run", "--rm", IMAGE, "true").ok();
        var clean = daemon.leftovers();
        each(
                docker(),
                () -> {
                    awaitContainers(SOME / 2);
                    if (signal.equals("KILL")) {
                        daemon.kill();
                    } else {
                        daemon.stop();
                    }
                    return signal;
                },
                runs());
        assertThat(daemon.log()).doesNotContain("\tat ");
        next();
        var names = docker().run("ps", "-a", "--format", "{{.Names}}").ok().out().lines().toList();
        assertThat(names).isNotEmpty();
        for (var name : names) {
            assertThat(state(name, "Status")).isIn("running", "created", "exited");
            docker().run("start", name).ok();
            assertThat(docker().run("exec", name, "echo", "x").ok().out()).isEqualTo("x");
            docker().run("rm", "-f", name).ok();
        }
        assertThat(daemon.leftovers()).isEqualTo(clean);
    }

    private void awaitContainers(int number) {
        while (docker().run("ps", "-aq").ok().out().lines().count() < number) Daemon.pause(10);
    }

    @Test
    void aStopDuringAStartWaitsForItAndLeavesNothing() throws Exception {
        docker().run("run", "--rm", IMAGE, "true").ok();
        var clean = daemon.leftovers();
        for (int i = 0; i < SOME; i++) {
            var name = "c" + i;
            docker().run("create", "--name", name, IMAGE, "sleep", "9999").ok();
            int delay = 20 * i;
            each(
                    docker(),
                    () -> {
                        Daemon.pause(delay);
                        return docker().run("stop", "-t", "0", name).ok();
                    },
                    List.of(List.of("start", name)));
            docker().run("stop", "-t", "0", name).ok();
            assertThat(state(name, "Status")).isIn("exited", "created");
            docker().run("rm", name).ok();
        }
        assertThat(daemon.leftovers()).isEqualTo(clean);
    }

    @Test
    void twoEnginesAtOnceShareNoIds() throws Exception {
        var other = Daemon.directory();
        try (var second = Daemon.start(other, other.resolve("root"), "")) {
            second.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            each(
                    docker(),
                    () -> {
                        each(second.docker(), () -> "", runs());
                        return "";
                    },
                    runs());
            var maps = new ArrayList<String>();
            for (var docker : List.of(docker(), second.docker())) {
                for (int i = 0; i < SOME; i++) {
                    var map = Path.of("/proc/" + docker.pid("c" + i) + "/uid_map");
                    maps.add(Files.readString(map).strip());
                }
            }
            assertThat(new HashSet<>(maps)).hasSize(2 * SOME);
            assertThat(maps).allMatch(map -> map.matches("0 +[1-9]\\d+ +65536"));
        }
    }
}
