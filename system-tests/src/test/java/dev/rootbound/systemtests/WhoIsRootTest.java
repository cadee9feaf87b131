package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Scenarios 1 to 3: who the processes of a container are, inside and on the host. */
@SystemTest
class WhoIsRootTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.CONFIGURED);
    }

    @Behaviour
    void aDetachedRunPrintsAnIdAndPsShowsANameOfTwoWords(Cli cli) {
        var id = cli.run("run", "-d", "--rm", TestImage.BUSYBOX.tag(), "sleep", "9999").ok().out();
        try {
            assertThat(id).matches("[0-9a-f]{64}");
            var names =
                    cli.run("ps")
                            .ok()
                            .out()
                            .lines()
                            .filter(line -> line.startsWith(id.substring(0, 12)))
                            .toList();
            assertThat(names).singleElement().asString().matches(".* [a-z]+_[a-z]+$");
        } finally {
            cli.run("rm", "-f", id).ok();
        }
    }

    @Promise
    void everyIdOfAContainersProcessLiesInItsLease(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        expectLeased(cli, name);
    }

    @Promise
    void noFlagGivesAContainerAnIdOutsideItsLease(Cli cli) {
        for (var flags :
                List.of(
                        "--privileged",
                        "--cap-add=ALL",
                        "--user=0:0",
                        "--user=500:500",
                        "--group-add=10")) {
            expectLeased(cli, cli.detached(flags, TestImage.BUSYBOX.tag(), "sleep", "9999"));
        }
    }

    @Behaviour
    void anExecIsRootInside(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        for (var flags : List.of(List.<String>of(), List.of("-u", "0"), List.of("--privileged"))) {
            assertThat(exec(cli, flags, name, "id").ok().out())
                    .isEqualTo("uid=0(root) gid=0(root) groups=0(root),10(wheel)");
        }
    }

    @Promise
    void anExecIsLeasedOnTheHostHoweverItIsAskedFor(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        for (var flags :
                List.of(
                        List.<String>of(),
                        List.of("-u", "0"),
                        List.of("--privileged"),
                        List.of("-u", "500"))) {
            var all = new ArrayList<>(flags);
            all.addFirst("-d");
            exec(cli, all, name, "sleep", "8888").ok();
        }
        expectLeased(cli, name);
        var pid = cli.pid(name);
        var lease = new HostProcess(pid).lease();
        assertThat(inNamespaceOf(pid))
                .hasSize(5)
                .allSatisfy(process -> assertThat(process.ids()).allMatch(lease::holds));
    }

    @Behaviour
    void aUserByNumberIsThatNumberInside(Cli cli) {
        assertThat(
                        cli.run("run", "--rm", "--user", "500:50", TestImage.BUSYBOX.tag(), "id")
                                .ok()
                                .out())
                .isEqualTo("uid=500(alice) gid=50(staff) groups=50(staff)");
        assertThat(
                        cli.run("run", "--rm", "--user", "777:778", TestImage.BUSYBOX.tag(), "id")
                                .ok()
                                .out())
                .isEqualTo("uid=777 gid=778 groups=778");
        assertThat(
                        cli.run("run", "--rm", "--user", "500", TestImage.BUSYBOX.tag(), "id")
                                .ok()
                                .out())
                .isEqualTo("uid=500(alice) gid=500(alice) groups=50(staff),500(alice)");
        assertThat(
                        cli.run(
                                        "run",
                                        "--rm",
                                        "--user",
                                        "alice",
                                        TestImage.BUSYBOX.tag(),
                                        "id",
                                        "-u")
                                .ok()
                                .out())
                .isEqualTo("500");
        assertThat(
                        cli.run("run", "--rm", "--user", "777", TestImage.BUSYBOX.tag(), "id")
                                .ok()
                                .out())
                .isEqualTo("uid=777 gid=0(root) groups=0(root)");
    }

    @Promise
    void aUserByNumberIsTheLeasePlusThatNumberOutside(Cli cli) {
        var name = cli.detached("--user", "500:501", TestImage.BUSYBOX.tag(), "sleep", "9999");
        var process = new HostProcess(cli.pid(name));
        assertThat(process.effectiveUid()).isEqualTo(process.lease().first() + 500);
        assertThat(process.effectiveGid()).isEqualTo(process.lease().first() + 501);
    }

    @Behaviour
    void theImagesUserDirectoryEnvironmentAndEntrypointAreTaken(Cli cli) {
        assertThat(cli.prints(TestImage.CONFIGURED)).isEqualTo("500\n/work\ngreen");
        assertThat(
                        cli.run(
                                        "run",
                                        "--rm",
                                        "-e",
                                        "COLOUR=red",
                                        "-w",
                                        "/tmp",
                                        "-u",
                                        "0",
                                        TestImage.CONFIGURED.tag())
                                .ok()
                                .out())
                .isEqualTo("0\n/tmp\nred");
    }

    private static Result exec(Cli cli, List<String> flags, String name, String... command) {
        var line = new ArrayList<>(List.of("exec"));
        line.addAll(flags);
        line.add(name);
        line.addAll(Arrays.asList(command));
        return cli.run(line.toArray(String[]::new));
    }

    private static void expectLeased(Cli cli, String name) {
        var process = new HostProcess(cli.pid(name));
        var lease = process.lease();
        assertThat(lease.first()).isGreaterThanOrEqualTo(65536);
        assertThat(process.ids()).hasSizeGreaterThanOrEqualTo(8).allMatch(lease::holds);
    }

    /** All processes in the process namespace of this one. */
    static List<HostProcess> inNamespaceOf(long pid) {
        var namespace = processNamespace(pid);
        return ProcessHandle.allProcesses()
                .filter(process -> processNamespace(process.pid()).equals(namespace))
                .map(process -> new HostProcess(process.pid()))
                .toList();
    }

    private static String processNamespace(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/pid"))
                    .toString();
        } catch (IOException ended) {
            return "";
        }
    }
}
