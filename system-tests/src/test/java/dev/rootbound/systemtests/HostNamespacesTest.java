package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/**
 * Namespaces and devices of the host in containers of root's, which is the only one who may have
 * them unless the policy says otherwise: its root is nobody on the host all the same.
 */
@SystemTest
class HostNamespacesTest {
    private static final String BOX = TestImage.BUSYBOX.tag();
    private static final String CUSTOM =
            "error gathering device information while adding custom device ";

    @BeforeAll
    static void image(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    private static String namespace(long pid, String type) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + type)).toString();
    }

    private static String hostname() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    @Behaviour
    void aContainerIsInTheHostsNamespacesThatItAsksForAndInItsOwnOtherwise(Cli cli)
            throws Exception {
        var types = List.of("pid", "ipc", "uts", "cgroup");
        long self = ProcessHandle.current().pid();
        for (var type : types) {
            var option = type.equals("cgroup") ? "--cgroupns" : "--" + type;
            var id = cli.detached(option, "host", BOX, "sleep", "9999");
            for (var each : types) {
                var seen = assertThat(namespace(cli.pid(id), each)).as(each + " with " + option);
                if (each.equals(type)) seen.isEqualTo(namespace(self, each));
                else seen.isNotEqualTo(namespace(self, each));
            }
            cli.run("rm", "-f", id).ok();
        }
    }

    @Behaviour
    void whoJoinsWhatIsInTheHostsNamespaceIsInTheHosts(Cli cli) throws Exception {
        var other = cli.detached("--pid", "host", "--network", "host", BOX, "sleep", "9999");
        for (var type : List.of("pid", "network")) {
            var joined = cli.detached("--" + type, "container:" + other, BOX, "sleep", "9999");
            var name = type.equals("network") ? "net" : type;
            long self = ProcessHandle.current().pid();
            assertThat(namespace(cli.pid(joined), name)).isEqualTo(namespace(self, name));
            assertThat(namespace(cli.pid(joined), "user"))
                    .isEqualTo(namespace(cli.pid(other), "user"));
            cli.run("rm", "-f", joined).ok();
        }
        cli.run("rm", "-f", other).ok();
    }

    @Behaviour
    void theHostsNameIsTheContainersInItsUtsNamespace(Cli cli) throws Exception {
        assertThat(cli.run("run", "--rm", "--uts", "host", BOX, "hostname").ok().out())
                .isEqualTo(hostname());
        assertThat(cli.run("run", "--rm", "--network", "host", BOX, "hostname").ok().out())
                .isEqualTo(hostname());
        var line = new String[] {"run", "--rm", "--uts", "host", "--hostname", "x", BOX, "true"};
        assertThat(cli.run(line).ended(125).err())
                .contains("conflicting options: hostname and the UTS mode");
        line = new String[] {"run", "--rm", "--uts", "host", BOX, "hostname", "x"};
        assertThat(cli.run(line).code()).isNotZero();
        assertThat(hostname()).isNotEqualTo("x");
    }

    @Behaviour
    void theHostsNameIsAlsoThatOfWhoJoinsTheNetworkOfAContainerWithAnother(Cli cli)
            throws Exception {
        var named = cli.detached("--hostname", "box", BOX, "sleep", "9999");
        var line =
                new String[] {
                    "run",
                    "--rm",
                    "--uts",
                    "host",
                    "--network",
                    "container:" + named,
                    BOX,
                    "hostname"
                };
        assertThat(cli.run(line).ok().out()).isEqualTo(hostname());
        cli.run("rm", "-f", named).ok();
    }

    @Behaviour
    void processesOfAContainerAmongTheHostsEndWithIt(Cli cli) throws Exception {
        var seconds = "98" + ProcessHandle.current().pid();
        var command = "sleep " + seconds + " & sleep " + seconds + " & wait";
        var id = cli.detached("--pid", "host", BOX, "sh", "-c", command);
        assertThat(cli.run("top", id).ok().out()).contains("sleep " + seconds);
        cli.run("stop", "-t", "1", id).ok();
        assertThat(running("sleep " + seconds)).isEmpty();
        cli.run("start", id).ok();
        cli.run("rm", "-f", id).ok();
        assertThat(running("sleep " + seconds)).isEmpty();
    }

    private static List<ProcessHandle> running(String command) {
        return ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").endsWith(command))
                .toList();
    }

    @Promise
    void rootAmongTheHostsProcessesIsNobodyToThem(Cli cli) throws Exception {
        var canary = new ProcessBuilder("sleep", "9999").start();
        var tries =
                """
                grep -q sleep /proc/%1$d/cmdline && echo seen
                kill %1$d && echo killed
                cat /proc/%1$d/environ && echo read
                ls /proc/%1$d/root && echo entered
                nsenter -t %1$d -m true && echo joined
                echo x > /proc/sys/kernel/domainname && echo written
                echo done
                """
                        .formatted(canary.pid());
        try {
            for (var more : List.of("--init", "--privileged")) {
                var line =
                        new String[] {"run", "--rm", "--pid", "host", more, BOX, "sh", "-c", tries};
                assertThat(cli.run(line).ok().out()).as(more).isEqualTo("seen\ndone");
            }
            assertThat(canary.isAlive()).isTrue();
        } finally {
            canary.destroy();
        }
    }

    @Behaviour
    void aDeviceIsThereWithTheAccessThatIsAskedFor(Cli cli) {
        var all = "test -c /dev/fuse && exec 3<>/dev/fuse && echo opened";
        assertThat(device(cli, "/dev/fuse", all).ok().out()).isEqualTo("opened");
        assertThat(
                        device(
                                        cli,
                                        "/dev/fuse:/data/other",
                                        all.replace("/dev/fuse", "/data/other"))
                                .out())
                .isEqualTo("opened");
        assertThat(device(cli, "/dev/fuse:/dev/fuse:r", "exec 3<>/dev/fuse").code()).isNotZero();
        assertThat(device(cli, "/dev/net", "exec 3<>/dev/net/tun && echo opened").out())
                .isEqualTo("opened");
        assertThat(cli.run("run", "--rm", BOX, "test", "-e", "/dev/fuse").code()).isEqualTo(1);
        var missing = device(cli, "/dev/no-such-device", "true").ended(127); // Docker's client
        assertThat(missing.err()).contains(CUSTOM + "\"/dev/no-such-device\"");
        var file = device(cli, "/etc/passwd", "true").ended(125);
        assertThat(file.err()).contains(CUSTOM + "\"/etc/passwd\"");
    }

    private static Result device(Cli cli, String device, String command) {
        return cli.run("run", "--rm", "--device", device, BOX, "sh", "-c", command);
    }

    @Promise
    void aDevicesNodeIsTheContainersAloneAndNoOtherIsMade(Cli cli, Target target) throws Exception {
        var before = Files.getPosixFilePermissions(Path.of("/dev/fuse"));
        var make = "chmod 777 /dev/fuse; mknod /dev/x c 10 229 || mknod /tmp/x c 10 229";
        var id = cli.detached("--device", "/dev/fuse", "--privileged", BOX, "sleep", "9999");
        assertThat(cli.run("exec", "--privileged", id, "sh", "-c", make).code()).isNotZero();
        assertThat(Files.getPosixFilePermissions(Path.of("/dev/fuse"))).isEqualTo(before);
        var rootbound =
                new Cli(
                        "rootbound",
                        List.of(Shell.CHECKOUT + "/rootbound", "-H", target.address()));
        assertThat(rootbound.run("prove", id).ended(1).out())
                .containsPattern(
                        "NO +set-user-ID programs and device nodes on them are void +"
                                + "no nodev: tmpfs [0-9:]+ /node on /dev/fuse");
        cli.run("rm", "-f", id).ok();
    }

    @Behaviour
    void thereIsNoSharedMemoryWithoutIpc(Cli cli) {
        assertThat(cli.run("run", "--rm", "--ipc", "none", BOX, "mount").ok().out())
                .doesNotContain("/dev/shm");
    }
}
