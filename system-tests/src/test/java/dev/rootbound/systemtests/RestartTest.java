package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;

/** Restarts that somebody asks for, restarts by policy, and other names. */
@SystemTest
class RestartTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    static void await(BooleanSupplier what) {
        for (var tries = 0; tries < 300 && !what.getAsBoolean(); tries++) Daemon.pause(100);
        assertThat(what.getAsBoolean()).isTrue();
    }

    static String status(Cli cli, String name) {
        return cli.inspect(name).at("/State/Status").asString();
    }

    private static int restarts(Cli cli, String name) {
        return cli.inspect(name).at("/RestartCount").asInt();
    }

    /** Some time between two runs: later ones are longer. */
    private static void awaitRestarting(Cli cli, String name) {
        for (var tries = 0; tries < 300; tries++) {
            var now = cli.inspect(name);
            boolean waits = now.at("/State/Status").asString().equals("restarting");
            if (waits && now.get("RestartCount").asInt() > 3) return;
            Daemon.pause(100);
        }
        throw new AssertionError(cli.inspect(name).get("State").toString());
    }

    @Behaviour
    void onFailureIsRetriedAsOftenAsAsked(Cli cli) {
        var name = cli.detached("--restart", "on-failure:2", IMAGE, "sh", "-c", "exit 3");
        await(() -> status(cli, name).equals("exited"));
        assertThat(restarts(cli, name)).isEqualTo(2);
        assertThat(cli.inspect(name).at("/State/ExitCode").asInt()).isEqualTo(3);
        var policy = cli.inspect(name).at("/HostConfig/RestartPolicy");
        assertThat(policy.get("Name").asString()).isEqualTo("on-failure");
        assertThat(policy.get("MaximumRetryCount").asInt()).isEqualTo(2);
    }

    @Behaviour
    void onFailureLeavesASuccessAndNoLeavesAFailure(Cli cli) {
        var well = cli.detached("--restart", "on-failure", IMAGE, "true");
        var ill = cli.detached("--restart", "no", IMAGE, "false");
        cli.run("wait", well, ill);
        Daemon.pause(500);
        for (var name : List.of(well, ill)) {
            assertThat(status(cli, name)).isEqualTo("exited");
            assertThat(restarts(cli, name)).isZero();
        }
    }

    @Behaviour
    void alwaysGoesOnUntilItIsStoppedBetweenTwoRunsToo(Cli cli) {
        for (var policy : List.of("always", "unless-stopped")) {
            var name = cli.detached("--restart", policy, IMAGE, "sh", "-c", "exit 0");
            awaitRestarting(cli, name);
            assertThat(cli.inspect(name).at("/State/Restarting").asBoolean()).isTrue();
            assertThat(cli.run("ps", "--filter", "name=" + name).ok().out())
                    .contains("Restarting (0)");
            assertThat(cli.run("rm", name).code()).isNotZero();
            cli.run("stop", name).ok();
            assertThat(status(cli, name)).isEqualTo("exited");
            var count = restarts(cli, name);
            Daemon.pause(2000);
            assertThat(restarts(cli, name)).isEqualTo(count);
        }
    }

    @Behaviour
    void aContainerBetweenTwoRunsCanBeKilledAndRemoved(Cli cli) {
        var name = cli.detached("--restart", "always", IMAGE, "sh", "-c", "exit 1");
        awaitRestarting(cli, name);
        cli.run("kill", name).ok();
        await(() -> status(cli, name).equals("exited"));
        cli.run("start", name).ok();
        await(() -> restarts(cli, name) > 2);
        cli.run("rm", "-f", name).ok();
        assertThat(cli.run("inspect", name).code()).isEqualTo(1);
    }

    @Behaviour
    void aPolicyAndRmExcludeEachOther(Cli cli) {
        var refused = cli.run("run", "--rm", "--restart", "always", IMAGE, "true");
        assertThat(refused.code()).isEqualTo(125);
        assertThat(refused.err()).contains("--restart").contains("--rm");
        var unknown = cli.run("run", "--restart", "sometimes", IMAGE, "true");
        assertThat(unknown.code()).isEqualTo(125);
        assertThat(unknown.err()).contains("invalid restart policy");
    }

    @Behaviour
    void restartStopsAndStartsWhateverItsState(Cli cli) {
        var script = "trap 'echo got int; exit 0' INT; echo up; while :; do sleep 0.1; done";
        var name = cli.detached(IMAGE, "sh", "-c", script);
        await(() -> cli.run("logs", name).ok().out().equals("up"));
        var before = cli.pid(name);
        assertThat(cli.run("restart", "-s", "INT", name).ok().out()).isEqualTo(name);
        assertThat(cli.pid(name)).isPositive().isNotEqualTo(before);
        await(() -> cli.run("logs", name).ok().out().equals("up\ngot int\nup"));
        cli.run("stop", "-t", "0", name).ok();
        cli.run("restart", name).ok();
        assertThat(cli.pid(name)).isPositive();
        var created = Cli.fresh();
        cli.run("create", "--name", created, IMAGE, "sleep", "9999").ok();
        cli.run("restart", "-t", "0", created).ok();
        assertThat(cli.pid(created)).isPositive();
    }

    @Behaviour
    void restartKeepsAContainerThatIsRemovedWhenItEnds(Cli cli) {
        var name = cli.detached("--rm", IMAGE, "sleep", "9999");
        cli.run("restart", "-t", "0", name).ok();
        assertThat(cli.pid(name)).isPositive();
        cli.run("kill", name).ok();
        await(() -> cli.run("inspect", name).code() == 1);
    }

    @Behaviour
    void aRenamedContainersOldNameIsFree(Cli cli) {
        var old = cli.detached(IMAGE, "sleep", "9999");
        var id = cli.inspect(old).get("Id").asString();
        var other = Cli.fresh();
        cli.run("rename", old, other).ok();
        assertThat(cli.inspect(other).get("Id").asString()).isEqualTo(id);
        assertThat(cli.inspect(other).get("Name").asString()).isEqualTo("/" + other);
        cli.run("create", "--name", old, IMAGE, "true").ok();
        assertThat(cli.run("rename", other, old).err())
                .contains("Error when allocating new name: Conflict. The container name \"/" + old)
                .contains("already in use by container");
        assertThat(cli.run("rename", other, other).err())
                .contains("Renaming a container with the same name as its current name");
        assertThat(cli.run("rename", other, "-x-").code()).isNotZero();
        assertThat(cli.run("rename", "rbt-nobody", "y9").err()).contains("No such container");
        assertThat(cli.run("exec", other, "echo", "on").ok().out()).isEqualTo("on");
    }

    @Behaviour
    void anInitIsTheFirstProcess(Cli cli) {
        var name = cli.detached("--init", IMAGE, "sleep", "9999");
        assertThat(cli.run("exec", name, "cat", "/proc/1/cmdline").ok().out())
                .startsWith("/sbin/docker-init");
        assertThat(cli.inspect(name).at("/HostConfig/Init").asBoolean()).isTrue();
    }

    @Behaviour
    void theStopSignalAndTimeoutOfTheContainerAreTaken(Cli cli) {
        var script = "trap 'exit 9' USR1; trap '' TERM; echo up; while :; do sleep 0.1; done";
        var own = cli.detached("--stop-signal", "USR1", IMAGE, "sh", "-c", script);
        await(() -> cli.run("logs", own).ok().out().equals("up"));
        cli.run("stop", own).ok();
        assertThat(cli.inspect(own).at("/State/ExitCode").asInt()).isEqualTo(9);
        assertThat(cli.inspect(own).at("/Config/StopSignal").asString()).isEqualTo("USR1");
        var deaf = cli.detached("--stop-timeout", "1", IMAGE, "sh", "-c", script);
        await(() -> cli.run("logs", deaf).ok().out().equals("up"));
        var begun = System.nanoTime();
        cli.run("stop", deaf).ok();
        assertThat(System.nanoTime() - begun).isBetween(1_000_000_000L, 10_000_000_000L);
        assertThat(cli.inspect(deaf).at("/State/ExitCode").asInt()).isEqualTo(137);
    }
}
