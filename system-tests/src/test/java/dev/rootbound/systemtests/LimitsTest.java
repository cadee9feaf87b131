package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Scenario 21: seccomp profiles and limits. */
@SystemTest
class LimitsTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @Behaviour
    void aSystemCallFilterIsOnUnlessUnconfined(Cli cli) {
        assertThat(cli.prints(TestImage.BUSYBOX, "grep", "^Seccomp:", "/proc/self/status"))
                .endsWith("2");
        assertThat(
                        cli.run(
                                        "run",
                                        "--rm",
                                        "--security-opt",
                                        "seccomp=unconfined",
                                        TestImage.BUSYBOX.tag(),
                                        "grep",
                                        "^Seccomp:",
                                        "/proc/self/status")
                                .ok()
                                .out())
                .endsWith("0");
    }

    @Behaviour
    void aProfileOfTheCallersIsTaken(Cli cli, @TempDir Path directory) throws IOException {
        var profile =
                Files.writeString(
                        directory.resolve("profile.json"),
                        """
                        {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}\
                        """);
        var result =
                cli.run(
                        "run",
                        "--rm",
                        "--security-opt",
                        "seccomp=" + profile,
                        TestImage.BUSYBOX.tag(),
                        "mkdir",
                        "/made");
        assertThat(result.ended(1).err()).contains("not permitted");
        cli.run("run", "--rm", TestImage.BUSYBOX.tag(), "mkdir", "/made").ok();
    }

    @Behaviour
    void aLimitIsTheOneAskedFor(Cli cli) {
        assertThat(
                        cli.run(
                                        "run",
                                        "--rm",
                                        "--ulimit",
                                        "nofile=1024",
                                        TestImage.BUSYBOX.tag(),
                                        "sh",
                                        "-c",
                                        "ulimit -Sn; ulimit -Hn")
                                .ok()
                                .out())
                .isEqualTo("1024\n1024");
        assertThat(
                        cli.run(
                                        "run",
                                        "--rm",
                                        "--ulimit",
                                        "nofile=512:1024",
                                        TestImage.BUSYBOX.tag(),
                                        "sh",
                                        "-c",
                                        "ulimit -Sn; ulimit -Hn")
                                .ok()
                                .out())
                .isEqualTo("512\n1024");
    }

    /** With one map for all, user 1000 of each container is one user of the kernel. */
    @Promise
    void aLimitOfProcessesIsPerContainer(Cli cli) {
        var script = "for n in 1 2 3 4 5 6 7 8 9 10; do sleep 60 & done; sleep 0.5; echo all; wait";
        for (var n = 0; n < 3; n++) {
            var name =
                    cli.detached(
                            "-u",
                            "1000:1000",
                            "--ulimit",
                            "nproc=15",
                            TestImage.BUSYBOX.tag(),
                            "sh",
                            "-c",
                            script);
            Daemon.pause(1500);
            assertThat(cli.run("logs", name).ok().out()).as("container " + n).isEqualTo("all");
        }
    }

    @Behaviour
    void aLimitOfMemoryKillsTheProgramAndIsSeen(Cli cli) {
        var name =
                cli.detached(
                        "-m",
                        "32m",
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "dd if=/dev/zero of=/dev/null bs=256M count=1; echo $?; tail /dev/zero");
        assertThat(cli.run("wait", name).ok().out()).isEqualTo("137");
        assertThat(cli.inspect(name).at("/State/OOMKilled").asBoolean()).isTrue();
    }

    @Behaviour
    void aLimitOfProcessesByCgroupIsTaken(Cli cli) {
        var result =
                cli.run(
                        "run",
                        "--rm",
                        "--pids-limit",
                        "5",
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "for n in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait");
        assertThat(result.err()).contains("fork");
    }
}
