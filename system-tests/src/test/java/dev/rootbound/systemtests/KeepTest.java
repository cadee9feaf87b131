package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Events, differences, exports and what is on disk, as both clients show them. */
@SystemTest
class KeepTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @Behaviour
    void aContainersLifeIsToldInOrder(Cli cli) {
        var since = Instant.now().getEpochSecond() - 1;
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sh", "-c", "sleep 0.3; exit 3");
        cli.run("wait", name).ok();
        cli.run("rm", name).ok();
        var until = Instant.now().getEpochSecond() + 1;
        var events =
                cli.run(
                                "events",
                                "--since",
                                "" + since,
                                "--until",
                                "" + until,
                                "-f",
                                "type=container",
                                "-f",
                                "container=" + name)
                        .ok()
                        .out()
                        .lines()
                        .toList();
        assertThat(events.stream().map(line -> line.split(" ", -1)[2]))
                .containsExactly("create", "start", "die", "destroy");
        assertThat(events.get(2))
                .contains("exitCode=3", "name=" + name, "image=" + TestImage.BUSYBOX.tag());
    }

    @Behaviour
    void aDiffIsWhatTheContainerDid(Cli cli) {
        var name =
                cli.detached(
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "mkdir /made; echo > /made/file; rm /etc/group");
        cli.run("wait", name).ok();
        assertThat(cli.run("diff", name).ok().out().lines())
                .contains("A /made", "A /made/file", "C /etc", "D /etc/group");
    }

    @Behaviour
    void whatIsExportedCanBeImportedAndRun(Cli cli, @TempDir Path directory) throws Exception {
        var name =
                cli.detached(
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        "echo precious > /made; chown 33:34 /made; chmod 4750 /made; ln /made /again");
        cli.run("wait", name).ok();
        var tar = directory.resolve("root.tar");
        cli.run("export", "-o", tar.toString(), name).ok();
        assertThat(Files.size(tar)).isPositive();
        assertThat(Shell.run("tar", "-tvf", tar.toString(), "--numeric-owner").ok().out())
                .containsPattern("33/34 .* (made|again)");
        cli.run("import", tar.toString(), "rbt-exported:1").ok();
        try {
            assertThat(
                            cli.run(
                                            "run",
                                            "--rm",
                                            "rbt-exported:1",
                                            "stat",
                                            "-c",
                                            "%a %u %g %h",
                                            "/made")
                                    .ok()
                                    .out())
                    .isEqualTo("4750 33 34 2");
        } finally {
            cli.run("rmi", "rbt-exported:1");
        }
    }

    @Behaviour
    void aPruneTakesOnlyWhatIsAskedFor(Cli cli) {
        var mine = cli.detached("--label", "rbt=mine", TestImage.BUSYBOX.tag(), "true");
        var other = cli.detached("--label", "rbt=other", TestImage.BUSYBOX.tag(), "true");
        cli.run("wait", mine, other).ok();
        var id = cli.inspect(mine).at("/Id").asString();
        var pruned = cli.run("container", "prune", "-f", "--filter", "label=rbt=mine").ok().out();
        assertThat(pruned).contains(id, "Total reclaimed space:");
        cli.run("inspect", mine).ended(1);
        cli.run("inspect", other).ok();
    }

    @Behaviour
    void diskUsageNamesEveryKind(Cli cli) {
        assertThat(cli.run("system", "df").ok().out())
                .contains("TYPE", "Images", "Containers", "Local Volumes", "Build Cache");
        assertThat(cli.run("system", "df", "-v").ok().out()).contains("busybox");
    }
}
