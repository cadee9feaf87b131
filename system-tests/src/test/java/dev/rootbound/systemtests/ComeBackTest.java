package dev.rootbound.systemtests;

import static dev.rootbound.systemtests.RestartTest.await;
import static dev.rootbound.systemtests.RestartTest.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What containers are, and are again, when their engine was killed. */
@Tag("system")
@Timeout(300)
class ComeBackTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();
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

    private void killEngine() {
        daemon.kill();
    }

    private void next() {
        daemon = Daemon.start(directory, directory.resolve("root"), "");
    }

    private void run(String name, String... line) {
        var words = new ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(Arrays.asList(line));
        docker().run(words.toArray(String[]::new)).ok();
    }

    private static void endProcess(long pid) {
        Shell.run("kill", "-KILL", Long.toString(pid)).ok();
    }

    @Test
    void policiesDecideWhatRunsWithTheNextEngine() {
        for (var policy : List.of("no", "on-failure", "always", "unless-stopped"))
            run(policy, "--restart", policy, IMAGE, "sleep", "9999");
        run("stopped-always", "--restart", "always", IMAGE, "sleep", "9999");
        run("stopped-unless", "--restart", "unless-stopped", IMAGE, "sleep", "9999");
        run("goes-on", "--restart", "always", IMAGE, "sleep", "9999");
        run("gone", "--rm", IMAGE, "sleep", "9999");
        docker().run("stop", "-t", "0", "stopped-always", "stopped-unless").ok();
        var untouched = docker().pid("goes-on");
        var pids =
                List.of("no", "on-failure", "always", "unless-stopped", "gone").stream()
                        .map(name -> docker().pid(name))
                        .toList();
        killEngine();
        pids.forEach(ComeBackTest::endProcess);
        Daemon.pause(1000);
        next();
        for (var name : List.of("on-failure", "always", "unless-stopped", "stopped-always"))
            await(() -> status(docker(), name).equals("running"));
        assertThat(status(docker(), "no")).isEqualTo("exited");
        assertThat(docker().inspect("no").at("/State/ExitCode").asInt()).isEqualTo(137);
        assertThat(status(docker(), "stopped-unless")).isEqualTo("exited");
        assertThat(docker().pid("goes-on")).isEqualTo(untouched);
        assertThat(docker().run("inspect", "gone").code()).isEqualTo(1);
    }

    @Test
    void aContainerBetweenTwoRunsRunsAgain() {
        run("one", "--restart", "always", IMAGE, "sh", "-c", "exit 3");
        await(() -> docker().inspect("one").at("/RestartCount").asInt() > 3);
        killEngine();
        next();
        var before = docker().inspect("one").at("/RestartCount").asInt();
        await(() -> docker().inspect("one").at("/RestartCount").asInt() > before);
        docker().run("rm", "-f", "one").ok();
    }

    @Test
    void policiesApplyAfterARestartOfTheHost() {
        run("again", "--restart", "unless-stopped", IMAGE, "sleep", "9999");
        run("not", IMAGE, "sleep", "9999");
        var pids = List.of(docker().pid("again"), docker().pid("not"));
        var id = docker().inspect("not").get("Id").asString();
        killEngine();
        pids.forEach(ComeBackTest::endProcess);
        Daemon.pause(1000);
        // as the kernel's end and an empty /run do
        Shell.run("find", "/sys/fs/cgroup", "-depth", "-type", "d", "-name", id, "-delete");
        var run = directory.resolve("run");
        Shell.run("umount", "-R", run.resolve("ns").toString());
        Shell.run("rm", "-rf", "--one-file-system", run.toString()).ok();
        next();
        await(() -> status(docker(), "again").equals("running"));
        assertThat(status(docker(), "not")).isEqualTo("exited");
    }

    @Test
    void aNameAndAHealthCheckAreThereWithTheNextEngine() {
        run(
                "one",
                "--health-cmd",
                "test ! -e /tmp/ill",
                "--health-interval",
                "1s",
                "--health-retries",
                "1",
                IMAGE,
                "sleep",
                "9999");
        docker().run("rename", "one", "two").ok();
        await(() -> health("two").equals("healthy"));
        killEngine();
        next();
        assertThat(health("two")).isEqualTo("healthy");
        docker().run("exec", "two", "touch", "/tmp/ill").ok();
        await(() -> health("two").equals("unhealthy"));
        assertThat(docker().run("inspect", "one").code()).isEqualTo(1);
    }

    private String health(String name) {
        return docker().inspect(name).at("/State/Health/Status").asString("");
    }

    /** Scenario 21. */
    @Test
    void limitsAndFiltersHoldWithTheNextEngineAndAfterARestart() {
        run("one", "--ulimit", "nofile=512:1024", IMAGE, "sleep", "9999");
        run("free", "--security-opt", "seccomp=unconfined", IMAGE, "sleep", "9999");
        killEngine();
        next();
        for (var round : List.of("next engine", "restarted")) {
            assertThat(exec("one", "ulimit -Sn; ulimit -Hn")).as(round).isEqualTo("512\n1024");
            assertThat(exec("one", "grep Seccomp: /proc/1/status; grep Seccomp: /proc/self/status"))
                    .as(round)
                    .isEqualTo("Seccomp:\t2\nSeccomp:\t2");
            assertThat(exec("free", "grep Seccomp: /proc/1/status /proc/self/status"))
                    .as(round)
                    .doesNotContain("\t2");
            docker().run("restart", "-t", "0", "one", "free").ok();
        }
    }

    /** Scenario 28. */
    @Test
    void standardStreamsAreWritableByNameWithTheNextEngineAndAfterARestart() {
        var script = "while :; do echo out >/dev/stdout; echo err >/dev/stderr; sleep 0.2; done";
        run("one", "-u", "1000", IMAGE, "sh", "-c", script);
        killEngine();
        next();
        for (var round : List.of("next engine", "restarted")) {
            var before = docker().run("logs", "one").ok().out().lines().count();
            await(() -> docker().run("logs", "one").ok().out().lines().count() > before);
            assertThat(docker().run("logs", "one").ok().err()).as(round).contains("err");
            assertThat(exec("one", "echo by name >/dev/stdout")).as(round).isEqualTo("by name");
            docker().run("restart", "-t", "0", "one").ok();
        }
    }

    private String exec(String name, String script) {
        return docker().run("exec", name, "sh", "-c", script).ok().out();
    }
}
