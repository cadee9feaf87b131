package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scenario 7: the host's user namespace, for host root only. */
@SystemTest
class UserNamespacesTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @SuppressWarnings("NullAway") // set before all
    private static Daemon daemon;

    @SuppressWarnings("NullAway")
    private static TestUsers users;

    @BeforeAll
    static void begin() {
        daemon = Daemon.start();
        users = new TestUsers(daemon, 1);
        daemon.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        users.docker(0).run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterAll
    static void end() {
        users.close();
        daemon.close();
    }

    private static Cli rootbound() {
        return new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address()));
    }

    @Test
    void hostRootMayHaveTheHostsUserNamespaceAndProveSaysSo() throws IOException {
        var root = daemon.docker();
        var canary = Files.createTempDirectory(Path.of("/tmp"), "rbt");
        try {
            var id =
                    root.detached(
                            "--userns", "host", "-v", canary + ":/data", IMAGE, "sleep", "9999");
            var map = Files.readString(Path.of("/proc/" + root.pid(id) + "/uid_map"));
            assertThat(map.strip().split("\\s+")).containsExactly("0", "0", "4294967295");
            root.run("exec", id, "touch", "/data/file", "/own").ok();
            assertThat(Files.getAttribute(canary.resolve("file"), "unix:uid")).isEqualTo(0);
            assertThat(root.inspect(id).at("/HostConfig/UsernsMode").asString()).isEqualTo("host");
            var proof = rootbound().run("prove", id);
            assertThat(proof.code()).isEqualTo(1);
            assertThat(proof.out()).contains("in the host's user namespace", "count on the host");
            // the same files under a lease's ids, and the other way round
            root.run("commit", id, "rbt/own").ok();
            assertThat(root.run("run", "--rm", "rbt/own", "stat", "-c", "%u", "/own").ok().out())
                    .isEqualTo("0");
            root.run("rm", "-f", id).ok();
        } finally {
            Shell.run("rm", "-rf", canary.toString());
        }
    }

    @Test
    void nobodyElseMayHaveItNorJoinIt() {
        var line = new String[] {"run", "--rm", "--userns", "host", IMAGE, "true"};
        var refused = users.docker(0).run(line).ended(125);
        assertThat(refused.err()).contains("root on the host").contains("only host root");

        var root = daemon.docker();
        var id = root.detached("--userns", "host", IMAGE, "sleep", "9999");
        var joined = root.detached("--network", "container:" + id, IMAGE, "sleep", "9999");
        for (var each : List.of(id, joined)) {
            assertThat(root.run("exec", each, "cat", "/proc/self/uid_map").ok().out())
                    .contains("4294967295");
        }
        root.run("rm", "-f", id, joined).ok();
    }

    @Test
    void aContainerOfHostRootsWithTheSocketIsNotHostRootByAnother() {
        var root = daemon.docker();
        var other = root.detached("--userns", "host", "--name", "hosts", IMAGE, "sleep", "9999");
        var socket = daemon.address().substring("unix://".length());
        var cli = Shell.run("sh", "-c", "command -v docker").ok().out();
        var inside =
                root.detached(
                        "-v",
                        socket + ":/s",
                        "-v",
                        cli + ":/usr/bin/docker:ro",
                        "-e",
                        "DOCKER_CONFIG=/nonexistent",
                        IMAGE,
                        "sleep",
                        "9999");
        for (var name : new String[] {other, "hosts"}) {
            for (var command : new String[] {"exec " + name + " id", "restart " + name}) {
                var answer = root.run("exec", inside, "sh", "-c", "docker -H unix:///s " + command);
                assertThat(answer.err()).as(command).contains("No such container: " + name);
            }
            var joined = "run --rm --network container:" + name + " " + IMAGE + " id";
            var answer = root.run("exec", inside, "sh", "-c", "docker -H unix:///s " + joined);
            assertThat(answer.err()).contains("No such container: " + name);
        }
        var own = root.run("exec", inside, "docker", "-H", "unix:///s", "ps", "-q", "--no-trunc");
        assertThat(own.ok().out()).isEqualTo(root.inspect(inside).get("Id").asString());
        root.run("rm", "-f", other, inside).ok();
    }
}
