package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** How a program ended is how the client ends. */
@SystemTest
class ExitCodesTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @Behaviour
    void aRunEndsAsItsProgramDoes(Cli cli) {
        for (var code : List.of(0, 1, 2, 42, 123, 125, 126, 127, 128, 137, 143, 254, 255))
            cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "sh", "-c", "exit " + code).ended(code);
    }

    @Behaviour
    void anExecEndsAsItsProgramDoes(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        for (var code : List.of(0, 1, 42, 125, 126, 127, 137, 255))
            cli.run("exec", name, "sh", "-c", "exit " + code).ended(code);
        cli.run("exec", name, "sh", "-c", "kill -9 $$").ended(137);
        // 126 up to Docker 27, 127 since.
        assertThat(cli.run("exec", name, "no-such-program").code()).isIn(126, 127);
        cli.run("exec", name, "/etc/passwd").ended(126);
    }

    @Behaviour
    void waitPrintsTheExitCode(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sh", "-c", "sleep 0.3; exit 42");
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("42");
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("42");
        assertThat(cli.inspect(name).at("/State/ExitCode").asInt()).isEqualTo(42);
    }

    @Behaviour
    void aProgramThatIsNotThereIs127(Cli cli) {
        cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "no-such-program").ended(127);
        cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "/no/such/program").ended(127);
    }

    @Behaviour
    void aFileThatIsNoProgramIs126(Cli cli) {
        cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "/etc/passwd").ended(126);
        cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "/etc").ended(126);
    }

    @Behaviour
    void aKilledProgramIs137(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        cli.run("kill", name).ok();
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("137");
    }

    @Behaviour
    void aTerminatedProgramIs143(Cli cli) {
        var name = cli.detached("--init", TestImage.BUSYBOX.tag(), "sleep", "9999");
        Daemon.pause(300);
        cli.run("stop", name).ok();
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("143");
    }

    @Behaviour
    void aProgramThatIgnoresTheStopSignalIsKilledAfterTheTimeout(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        var start = System.nanoTime();
        cli.run("stop", "-t", "1", name).ok();
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(900L, 8000L);
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("137");
    }

    @Behaviour
    void aSignalGoesToTheProgram(Cli cli) {
        var name =
                cli.detached(
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "trap 'exit 33' USR1; echo ready; while :; do sleep 0.1; done");
        awaitLog(cli, name, "ready");
        cli.run("kill", "-s", "USR1", name).ok();
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("33");
    }

    private static void awaitLog(Cli cli, String name, String text) {
        for (var tries = 0; tries < 50; tries++) {
            if (cli.run("logs", name).ok().out().contains(text)) return;
            Daemon.pause(100);
        }
        throw new AssertionError(name + " never said " + text);
    }
}
