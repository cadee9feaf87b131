package dev.rootbound.systemtests;

import static dev.rootbound.systemtests.RestartTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import tools.jackson.databind.JsonNode;

/** Health checks: what they say, and as whom they run. */
@SystemTest
class HealthCheckTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.PROBED);
    }

    private static String checked(Cli cli, String... flags) {
        var line = new ArrayList<>(List.of(flags));
        line.addAll(List.of(IMAGE, "sleep", "9999"));
        return cli.detached(line.toArray(String[]::new));
    }

    private static JsonNode health(Cli cli, String name) {
        return cli.inspect(name).at("/State/Health");
    }

    private static boolean is(Cli cli, String name, String status) {
        return health(cli, name).path("Status").asString("").equals(status);
    }

    private static String ps(Cli cli, String name, String health) {
        return cli.run("ps", "--filter", "name=" + name, "--filter", "health=" + health).ok().out();
    }

    @Behaviour
    void aContainerIsStartingThenHealthyThenUnhealthyThenHealthy(Cli cli) {
        var name =
                checked(
                        cli,
                        "--health-cmd",
                        "echo seen; test ! -e /tmp/ill",
                        "--health-interval",
                        "1s",
                        "--health-retries",
                        "2");
        assertThat(is(cli, name, "starting")).isTrue();
        assertThat(ps(cli, name, "starting")).contains("(health: starting)");
        await(() -> is(cli, name, "healthy"));
        assertThat(ps(cli, name, "healthy")).contains("(healthy)");
        cli.run("exec", name, "touch", "/tmp/ill").ok();
        await(() -> is(cli, name, "unhealthy"));
        assertThat(ps(cli, name, "unhealthy")).contains("(unhealthy)");
        var log = health(cli, name).get("Log");
        var last = log.get(log.size() - 1);
        assertThat(last.get("ExitCode").asInt()).isEqualTo(1);
        assertThat(last.get("Output").asString()).isEqualTo("seen\n");
        assertThat(health(cli, name).get("FailingStreak").asInt()).isGreaterThanOrEqualTo(2);
        cli.run("exec", name, "rm", "/tmp/ill").ok();
        await(() -> is(cli, name, "healthy"));
        assertThat(health(cli, name).get("Log").size()).isLessThanOrEqualTo(5);
    }

    @Behaviour
    void aProbeThatTakesTooLongFails(Cli cli) {
        var name =
                checked(
                        cli,
                        "--health-cmd",
                        "sleep 4444",
                        "--health-interval",
                        "500ms",
                        "--health-timeout",
                        "1s",
                        "--health-retries",
                        "1");
        await(() -> is(cli, name, "unhealthy"));
        var first = health(cli, name).get("Log").get(0);
        assertThat(first.get("ExitCode").asInt()).isEqualTo(-1);
        assertThat(first.get("Output").asString()).startsWith("Health check exceeded timeout (1s)");
    }

    /** Docker kills the probe only. */
    @Promise
    void aProbeThatTakesTooLongIsKilledWithAllItStarted(Cli cli) {
        var name =
                checked(
                        cli,
                        "--health-cmd",
                        "setsid sleep 5555 & setsid sleep 5555",
                        "--health-interval",
                        "1s",
                        "--health-timeout",
                        "1s");
        await(() -> health(cli, name).get("Log").size() >= 2);
        var sleeping = cli.run("exec", name, "pgrep", "-f", "^sleep 5555").out().lines();
        assertThat(sleeping.count()).isLessThanOrEqualTo(2); // of the probe that runs now
    }

    @Behaviour
    void theImagesHealthCheckIsTakenChangedOrLeftOut(Cli cli) {
        var probed = TestImage.PROBED.tag();
        var name = cli.detached(probed);
        var config = cli.inspect(name).at("/Config/Healthcheck");
        assertThat(config.get("Interval").asLong()).isEqualTo(1_000_000_000L);
        await(() -> is(cli, name, "healthy"));
        assertThat(health(cli, name).get("Log").get(0).get("Output").asString())
                .isEqualTo("from the image\n");
        var changed = cli.detached("--health-interval", "2s", probed);
        assertThat(cli.inspect(changed).at("/Config/Healthcheck/Interval").asLong())
                .isEqualTo(2_000_000_000L);
        assertThat(cli.inspect(changed).at("/Config/Healthcheck/Test/0").asString())
                .isEqualTo("CMD-SHELL");
        var without = cli.detached("--no-healthcheck", probed);
        assertThat(cli.inspect(without).at("/State").has("Health")).isFalse();
    }

    @Behaviour
    void failuresInTheStartPeriodDoNotCount(Cli cli) {
        var name =
                checked(
                        cli,
                        "--health-cmd",
                        "false",
                        "--health-interval",
                        "500ms",
                        "--health-start-period",
                        "1m",
                        "--health-start-interval",
                        "500ms",
                        "--health-retries",
                        "1");
        await(() -> health(cli, name).get("Log").size() >= 3);
        assertThat(is(cli, name, "starting")).isTrue();
        assertThat(health(cli, name).get("FailingStreak").asInt()).isZero();
    }

    /** Scenario 2's health check: root inside, leased outside. */
    @Promise
    void aProbeRunsAsTheContainersUserWithLeasedIds(Cli cli) {
        var name =
                checked(
                        cli,
                        "--health-cmd",
                        "id; sleep 3; true",
                        "--health-interval",
                        "1s",
                        "--privileged");
        var process = new HostProcess(cli.pid(name));
        var lease = process.lease();
        await(() -> probes(process).size() >= 2);
        assertThat(probes(process))
                .allSatisfy(probe -> assertThat(probe.ids()).allMatch(lease::holds));
        await(() -> health(cli, name).get("Log").size() > 0);
        assertThat(health(cli, name).get("Log").get(0).get("Output").asString())
                .startsWith("uid=0(root) gid=0(root)");
    }

    /** All but the first process. */
    private static List<HostProcess> probes(HostProcess first) {
        return WhoIsRootTest.inNamespaceOf(first.pid()).stream()
                .filter(process -> process.pid() != first.pid())
                .toList();
    }
}
