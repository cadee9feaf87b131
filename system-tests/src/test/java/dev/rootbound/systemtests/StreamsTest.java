package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;

/** Bytes in, bytes out, unchanged and to the last; scenario 28. */
@SystemTest
class StreamsTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.BINARY);
    }

    @Behaviour
    void aPipedInputEndsTheRunAtItsEnd(Cli cli) {
        var result =
                cli.input(
                                "one\ntwo\n".getBytes(UTF_8),
                                "run",
                                "-i",
                                "--rm",
                                TestImage.BUSYBOX.tag(),
                                "sh",
                                "-c",
                                "cat; echo the end")
                        .ok();
        assertThat(result.out()).isEqualTo("one\ntwo\nthe end");
    }

    @Behaviour
    void aPipedScriptIsRunToItsEnd(Cli cli) {
        var result =
                cli.input(
                                "echo a; echo b >&2; exit 7".getBytes(UTF_8),
                                "run",
                                "-i",
                                "--rm",
                                TestImage.BUSYBOX.tag(),
                                "sh")
                        .ended(7);
        assertThat(result.out()).isEqualTo("a");
        assertThat(result.err()).isEqualTo("b\n");
    }

    @Behaviour
    void withoutInputStandardInputIsAtItsEnd(Cli cli) {
        assertThat(
                        cli.input(
                                        "unseen".getBytes(UTF_8),
                                        "run",
                                        "--rm",
                                        TestImage.BUSYBOX.tag(),
                                        "cat")
                                .ok()
                                .out())
                .isEmpty();
    }

    @Behaviour
    void tenMillionBytesGoInAndComeOutOfARun(Cli cli) {
        var noise = TestImage.noise();
        assertThat(
                        cli.input(noise, "run", "-i", "--rm", TestImage.BUSYBOX.tag(), "cat")
                                .ok()
                                .stdout())
                .isEqualTo(noise);
    }

    @Behaviour
    void tenMillionBytesGoInAndComeOutOfAnExec(Cli cli) {
        var noise = TestImage.noise();
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        assertThat(cli.input(noise, "exec", "-i", name, "cat").ok().stdout()).isEqualTo(noise);
    }

    @Behaviour
    void tenMillionBytesComeOutOfAStartThatAttaches(Cli cli) {
        var name = Cli.fresh();
        cli.run("create", "--name", name, TestImage.BINARY.tag()).ok();
        assertThat(cli.run("start", "-a", name).ok().stdout()).isEqualTo(TestImage.noise());
    }

    /** Docker's json-file log replaces what is no UTF-8. */
    @Promise
    void tenMillionBytesComeOutOfTheLog(Cli cli) {
        var name = cli.detached(TestImage.BINARY.tag());
        cli.run("wait", name).ok();
        assertThat(cli.run("logs", name).ok().stdout()).isEqualTo(TestImage.noise());
    }

    @Behaviour
    void theLogHasBothStreamsApartAndItsTail(Cli cli) {
        var name =
                cli.detached(
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "for n in 1 2 3; do echo out $n; echo err $n >&2; done");
        cli.run("wait", name).ok();
        var log = cli.run("logs", name).ok();
        assertThat(log.out()).isEqualTo("out 1\nout 2\nout 3");
        assertThat(log.err()).isEqualTo("err 1\nerr 2\nerr 3\n");
        assertThat(cli.run("logs", "--tail", "2", name).ok())
                .satisfies(tail ->
                        assertThat((tail.out() + "\n" + tail.err()).strip().lines()).hasSize(2));
        assertThat(cli.run("logs", "-t", name).ok().out().lines())
                .allMatch(line -> line.matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z out \\d"));
    }

    @Behaviour
    void followingALogEndsWithTheContainer(Cli cli) {
        var name =
                cli.detached(TestImage.BUSYBOX.tag(), "sh", "-c", "echo first; sleep 1; echo last");
        assertThat(cli.run("logs", "-f", name).ok().out()).isEqualTo("first\nlast");
    }

    @Behaviour
    void programsCanOpenTheirStandardStreamsAgain(Cli cli) {
        for (var user : java.util.List.of("0", "1000", "www")) {
            var run =
                    cli.run(
                                    "run",
                                    "--rm",
                                    "-u",
                                    user,
                                    TestImage.BUSYBOX.tag(),
                                    "sh",
                                    "-c",
                                    "echo out >/dev/stdout; echo err >/dev/stderr")
                            .ok();
            assertThat(run.out()).isEqualTo("out");
            assertThat(run.err()).isEqualTo("err\n");
        }
    }

    @Behaviour
    void programsOfAnExecCanOpenTheirStandardStreamsAgain(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        for (var user : java.util.List.of("0", "1000")) {
            var run =
                    cli.run(
                                    "exec",
                                    "-u",
                                    user,
                                    name,
                                    "sh",
                                    "-c",
                                    "echo out >/dev/stdout; echo err >/dev/stderr")
                            .ok();
            assertThat(run.out()).isEqualTo("out");
            assertThat(run.err()).isEqualTo("err\n");
        }
    }

    @Behaviour
    void programsCanOpenTheirStandardStreamsAgainOnATerminal(Cli cli) {
        for (var user : java.util.List.of("0", "1000")) {
            var out =
                    Shell.terminal(
                            "",
                            "exec 2>&1; "
                                    + command(
                                            cli,
                                            "run",
                                            "-it",
                                            "--rm",
                                            "-u",
                                            user,
                                            TestImage.BUSYBOX.tag(),
                                            "sh -c 'echo out >/dev/stdout; echo err >/dev/stderr; tty'"));
            assertThat(out).contains("out").contains("err").contains("/dev/");
        }
    }

    @Behaviour
    void aTerminalHasTheSizeOfTheCallers(Cli cli) {
        assertThat(
                        Shell.terminal(
                                "",
                                "stty rows 41 cols 101; "
                                        + command(
                                                cli,
                                                "run",
                                                "-it",
                                                "--rm",
                                                TestImage.BUSYBOX.tag(),
                                                "sh -c 'sleep 0.5; stty size'")))
                .contains("41 101");
    }

    @Behaviour
    void aTerminalFollowsTheCallersSize(Cli cli) {
        var out =
                Shell.terminal(
                        "",
                        "stty rows 41 cols 101; tty=$(tty); (sleep 3; stty rows 52 cols 112 <$tty) & "
                                + command(
                                        cli,
                                        "run",
                                        "-it",
                                        "--rm",
                                        TestImage.BUSYBOX.tag(),
                                        "sh -c 'n=0; while [ $n -lt 80 ] && [ \"$(stty size)\" != \"52 112\" ]; do sleep 0.1; n=$((n+1)); done; stty size'"));
        assertThat(out).contains("52 112");
    }

    @Behaviour
    void anExecOnATerminalIsOneInside(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        var out =
                Shell.terminal(
                        "",
                        "stty rows 43 cols 103; "
                                + command(
                                        cli,
                                        "exec",
                                        "-it",
                                        name,
                                        "sh -c 'sleep 0.5; id; tty; stty size; exit 9'")
                                + "; echo code $?");
        assertThat(out)
                .contains("uid=0(root) gid=0(root) groups=0(root),10(wheel)")
                .contains("/dev/pts/")
                .contains("43 103")
                .contains("code 9");
    }

    @Behaviour
    void whatIsTypedOnATerminalReachesTheProgram(Cli cli) {
        var out =
                Shell.terminal(
                        "one\ntwo\n",
                        command(
                                cli,
                                "run",
                                "-it",
                                "--rm",
                                TestImage.BUSYBOX.tag(),
                                "sh -c 'read x; echo got $x; read y; echo got $y'"));
        assertThat(out).contains("got one").contains("got two");
    }

    private static String command(Cli cli, String... args) {
        return String.join(" ", cli.prefix()) + " " + String.join(" ", args);
    }

    @Behaviour
    void anExecWhoseReaderIsSlowLosesNothingAndHoldsUpNobody(Cli cli) throws Exception {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        var exec = new ProcessBuilder(cli.line("exec", name, "seq", "1", "2000000"));
        exec.environment().putAll(Shell.environment());
        var process = exec.start();
        try (var out = process.inputReader(UTF_8)) {
            for (int i = 0; i < 5; i++) {
                Daemon.pause(500);
                var since = System.nanoTime();
                assertThat(cli.run("exec", name, "echo", "free").ok().out()).isEqualTo("free");
                assertThat(System.nanoTime() - since).isLessThan(10_000_000_000L);
            }
            assertThat(process.isAlive()).as("its output waits").isTrue();
            for (int line = 1; line <= 2_000_000; line++) {
                if (!Integer.toString(line).equals(out.readLine()))
                    throw new AssertionError("line " + line + " is lost");
            }
            assertThat(out.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
            cli.run("rm", "-f", name);
        }
    }
}
