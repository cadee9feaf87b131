package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Scenario 23: containers that join another's namespaces, and with them its user namespace. */
@SystemTest
class JoinsTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @BeforeAll
    static void image(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    private static String namespace(Cli cli, String container, String type) throws IOException {
        var link = Path.of("/proc/" + cli.pid(container) + "/ns/" + type);
        return Files.readSymbolicLink(link).toString();
    }

    private static String ids(Cli cli, String container) throws IOException {
        return Files.readString(Path.of("/proc/" + cli.pid(container) + "/uid_map"));
    }

    @Behaviour
    void aContainerJoinsAnothersNetworkIpcOrProcesses(Cli cli) throws Exception {
        var other = cli.detached("--ipc", "shareable", IMAGE, "sleep", "9999");
        for (var type : List.of("network", "ipc", "pid")) {
            var name = type.equals("network") ? "net" : type;
            var joined = cli.detached("--" + type, "container:" + other, IMAGE, "sleep", "9999");
            assertThat(namespace(cli, joined, name)).isEqualTo(namespace(cli, other, name));
            assertThat(namespace(cli, joined, "mnt")).isNotEqualTo(namespace(cli, other, "mnt"));
            cli.run("rm", "-f", joined).ok();
        }
        cli.run("exec", other, "sh", "-c", "echo shared > /dev/shm/x").ok();
        var line =
                List.of("run", "--rm", "--ipc", "container:" + other, IMAGE, "cat", "/dev/shm/x");
        assertThat(cli.run(line.toArray(String[]::new)).ok().out()).isEqualTo("shared");
        cli.run("rm", "-f", other).ok();
        line = List.of("run", "--rm", "--network", "container:" + other, IMAGE, "true");
        assertThat(cli.run(line.toArray(String[]::new)).ended(125).err()).contains(other);
    }

    @Promise
    void whoJoinsAnyHasItsHostIdsAndNobodyElses(Cli cli) throws Exception {
        var other = cli.detached(IMAGE, "sleep", "9999");
        var joined = cli.detached("--network", "container:" + other, IMAGE, "sleep", "9999");
        assertThat(ids(cli, joined)).isEqualTo(ids(cli, other));
        assertThat(namespace(cli, joined, "user")).isEqualTo(namespace(cli, other, "user"));
        cli.run("rm", "-f", other).ok();
        var third = cli.detached(IMAGE, "sleep", "9999");
        assertThat(ids(cli, third)).isNotEqualTo(ids(cli, joined));
        assertThat(cli.run("exec", joined, "id", "-u").ok().out()).isEqualTo("0");
        cli.run("rm", "-f", joined, third).ok();
    }

    @Promise
    void membersThatJoinAreProvedLikeAnyOther(Cli cli, Target target) {
        var other = cli.detached(IMAGE, "sleep", "9999");
        var joined = cli.detached("--pid", "container:" + other, IMAGE, "sleep", "9999");
        var rootbound =
                new Cli(
                        "rootbound",
                        List.of(Shell.CHECKOUT + "/rootbound", "-H", target.address()));
        rootbound.run("prove", other, joined).ok();
        cli.run("rm", "-f", joined, other).ok();
    }
}
