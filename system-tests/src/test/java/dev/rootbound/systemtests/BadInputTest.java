package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Wrong requests: each a clear error with the right code, and nothing left behind. */
@SystemTest
class BadInputTest {
    private String before = "";

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
        target.docker().run("run", "--rm", TestImage.BUSYBOX.tag(), "true").ok();
    }

    @BeforeEach
    void remember(Target target) {
        before = target.leftovers();
    }

    @Behaviour
    void anUnknownImageIsAnErrorThatNamesIt(Cli cli, Target target) {
        refused(
                target,
                cli.run("run", "--rm", "--pull", "never", "nobody/nothing:none", "true"),
                "nobody/nothing:none");
    }

    @Behaviour
    void anImageNameThatIsNoneIsRefused(Cli cli, Target target) {
        for (var name : List.of("UPPER/case", "a//b", "-x/y"))
            assertThat(cli.run("create", "--pull", "never", "--", name, "true").code())
                    .as(name)
                    .isNotZero();
        nothingLeft(target);
    }

    @Behaviour
    void aTakenNameIsAnErrorThatNamesIt(Cli cli, Target target) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        var result = cli.run("run", "--name", name, TestImage.BUSYBOX.tag(), "true").ended(125);
        assertThat(result.err()).contains(name).contains("in use");
        cli.run("rm", "-f", name).ok();
        nothingLeft(target);
    }

    @Behaviour
    void aNameThatIsNoneIsRefused(Cli cli, Target target) {
        for (var name : List.of("a b", "../up", "-", "x/y", "ü", "a")) {
            var result = cli.run("run", "--name", name, TestImage.BUSYBOX.tag(), "true").ended(125);
            assertThat(result.err()).as(name).containsIgnoringCase("name");
        }
        nothingLeft(target);
    }

    @Behaviour
    void anUnknownOptionIs125(Cli cli, Target target) {
        refused(
                target,
                cli.run("run", "--no-such-option", TestImage.BUSYBOX.tag()),
                "no-such-option");
    }

    @Behaviour
    void anUnknownCapabilityIsRefused(Cli cli, Target target) {
        refused(
                target,
                cli.run(
                        "run",
                        "--cap-add",
                        "CAP_NONSENSE",
                        "--rm",
                        TestImage.BUSYBOX.tag(),
                        "true"),
                "NONSENSE");
    }

    @Behaviour
    void aSeccompProfileThatIsNoneIsRefused(Cli cli, Target target) {
        refused(
                target,
                cli.run(
                        "run",
                        "--rm",
                        "--security-opt",
                        "seccomp=/etc/passwd",
                        TestImage.BUSYBOX.tag(),
                        "true"),
                "seccomp");
    }

    @Behaviour
    void anUnknownContainerIsAnErrorThatNamesIt(Cli cli, Target target) {
        for (var command :
                List.of("start", "stop", "kill", "rm", "logs", "wait", "inspect", "attach")) {
            var result = cli.run(command, "rbt-nobody");
            assertThat(result.code()).as(command).isEqualTo(1);
            assertThat(result.err()).as(command).contains("rbt-nobody");
        }
        nothingLeft(target);
    }

    @Behaviour
    void aContainerThatDoesNotRunCannotBeEntered(Cli cli) {
        var name = Cli.fresh();
        cli.run("create", "--name", name, TestImage.BUSYBOX.tag(), "true").ok();
        var result = cli.run("exec", name, "true");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("not running");
        cli.run("rm", name).ok();
    }

    @Behaviour
    void aRunningContainerIsNotRemovedWithoutForce(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        assertThat(cli.run("rm", name).code()).isEqualTo(1);
        assertThat(cli.run("exec", name, "echo", "alive").ok().out()).isEqualTo("alive");
    }

    @Behaviour
    void aFailedStartLeavesNothing(Cli cli, Target target) {
        assertThat(cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "no-such-program").err())
                .contains("no-such-program");
        nothingLeft(target);
    }

    private void refused(Target target, Result result, String named) {
        assertThat(result.code()).as(result.toString()).isEqualTo(125);
        assertThat(result.err()).contains(named);
        nothingLeft(target);
    }

    private void nothingLeft(Target target) {
        assertThat(target.leftovers()).isEqualTo(before);
    }
}
