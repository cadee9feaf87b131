package dev.rootbound.systemtests;

import static dev.rootbound.systemtests.NetworksTest.SERVER;
import static dev.rootbound.systemtests.NetworksTest.address;
import static dev.rootbound.systemtests.NetworksTest.answer;
import static dev.rootbound.systemtests.NetworksTest.port;
import static dev.rootbound.systemtests.RestartTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an engine's end, its host and its users do to networks. */
@Tag("system")
class NetworkEngineTest {
    private static final String BUSYBOX = TestImage.BUSYBOX.tag();

    private static Daemon daemon;

    @BeforeAll
    static void start() {
        daemon = Daemon.start();
        daemon.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @Test
    void portsGoOnWithoutTheEngineAndNamesWithTheNext() throws Exception {
        var docker = daemon.docker();
        docker.run("network", "create", "kept").ok();
        var web =
                docker.detached(
                        "--network", "kept", "-h", "web", "-p", "80", BUSYBOX, "sh", "-c", SERVER);
        int port = port(docker, web, "80/tcp");
        assertThat(answer("127.0.0.1", port)).isEqualTo("web");
        daemon = daemon.restarted();
        docker = daemon.docker();
        assertThat(answer("127.0.0.1", port)).isEqualTo("web");
        assertThat(port(docker, web, "80/tcp")).isEqualTo(port);
        var lookup = docker.run("run", "--rm", "--network", "kept", BUSYBOX, "nslookup", web);
        assertThat(lookup.ok().out()).contains(address(docker, web));
        assertThat(docker.run("exec", web, "nslookup", web).ok().out())
                .contains(address(docker, web));
        var second = docker.run("run", "--rm", "-p", port + ":80", BUSYBOX, "true").ended(125);
        assertThat(second.err()).contains("container " + web + " has it");
        docker.run("rm", "-f", web).ok();
        docker.run("network", "rm", "kept").ok();
    }

    @Test
    void rulesThatSomebodyFlushesAreBack() throws Exception {
        var docker = daemon.docker();
        var web = docker.detached("-h", "web", "-p", "80", BUSYBOX, "sh", "-c", SERVER);
        int port = port(docker, web, "80/tcp");
        assertThat(answer("127.0.0.1", port)).isEqualTo("web");
        Shell.run("nft", "delete", "table", "inet", daemon.table()).ok();
        await(() -> Shell.run("nft", "list", "table", "inet", daemon.table()).code() == 0);
        assertThat(answer("127.0.0.1", port)).isEqualTo("web");
        docker.run("rm", "-f", web).ok();
    }

    @Test
    void tenantsReachEachOthersContainersByPublishedPortsOnly() throws Exception {
        try (var users = new TestUsers(daemon, 2)) {
            var archive = TestImage.BUSYBOX.archive().toString();
            for (int user = 0; user < 2; user++) {
                daemon.docker(); // root's own are not touched
                users.docker(user).run("load", "-q", "-i", archive).ok();
                users.docker(user).run("network", "create", "same").ok();
            }
            var alice = users.docker(0);
            var bob = users.docker(1);
            var web =
                    alice.detached(
                            "--network",
                            "same",
                            "--network-alias",
                            "www",
                            "-h",
                            "web",
                            "-p",
                            "80",
                            BUSYBOX,
                            "sh",
                            "-c",
                            SERVER);
            int port = port(alice, web, "80/tcp");
            assertThat(answer("127.0.0.1", port)).isEqualTo("web");
            var at = address(alice, web);
            assertThat(nc(bob, "same", at, 80)).isEmpty();
            assertThat(nc(bob, "bridge", at, 80)).isEmpty();
            assertThat(
                            bob.run("run", "--rm", "--network", "same", BUSYBOX, "nslookup", "www")
                                    .code())
                    .isNotZero();
            var gateway =
                    bob.run(
                                    "network",
                                    "inspect",
                                    "-f",
                                    "{{(index .IPAM.Config 0).Gateway}}",
                                    "same")
                            .ok()
                            .out();
            assertThat(nc(bob, "same", gateway, port)).isEqualTo("web");
            var ids = alice.run("network", "ls", "-q", "--no-trunc").ok().out().lines().toList();
            assertThat(bob.run("network", "ls", "-q", "--no-trunc").ok().out().lines())
                    .hasSize(4)
                    .doesNotContainAnyElementsOf(ids);
            var refused = bob.run("network", "create", "--subnet", "8.8.8.0/24", "wide");
            assertThat(refused.ended(1).err()).contains("8.8.8.0/24 is refused");
            var low = bob.run("run", "--rm", "-p", "80:80", BUSYBOX, "true").ended(125);
            assertThat(low.err()).contains("port 80 of the host is refused");
            var host = bob.run("run", "--rm", "--network", "host", BUSYBOX, "true").ended(125);
            assertThat(host.err()).contains("network namespace mode host");
            alice.run("rm", "-f", web).ok();
            for (int user = 0; user < 2; user++) {
                users.docker(user).run("network", "rm", "same").ok();
            }
        }
    }

    private static String nc(Cli cli, String network, String host, int port) {
        return cli.run(
                        "run",
                        "--rm",
                        "--network",
                        network,
                        BUSYBOX,
                        "nc",
                        "-w",
                        "2",
                        host,
                        Integer.toString(port))
                .out();
    }

    @Test
    void enginesThatMakeNetworksAtTheSameMomentTakeDifferentSubnets() throws Exception {
        try (var other = Daemon.start();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            other.docker(); // its client's settings are made before many use it
            var asked = new ArrayList<Future<String>>();
            for (int i = 0; i < 6; i++) {
                var name = "at-once-" + i;
                for (var engine : List.of(daemon, other)) {
                    asked.add(callers.submit(() -> subnet(engine.docker(), name)));
                }
            }
            var subnets = new ArrayList<String>();
            for (var each : asked) subnets.add(each.get());
            assertThat(subnets).doesNotHaveDuplicates();
            var taken = subnets.getFirst();
            var refused =
                    other.docker().run("network", "create", "--subnet", taken, "mine").ended(1);
            assertThat(refused.err()).contains(taken + " is, in part, another network's");
            daemon.docker().run("network", "rm", "at-once-0").ok();
            other.docker().run("network", "create", "--subnet", taken, "mine").ok();
            for (int i = 1; i < 6; i++) daemon.docker().run("network", "rm", "at-once-" + i).ok();
        }
    }

    private static String subnet(Cli docker, String name) {
        docker.run("network", "create", name).ok();
        var format = "{{(index .IPAM.Config 0).Subnet}}";
        return docker.run("network", "inspect", "-f", format, name).ok().out();
    }

    @Test
    void whoHasTheHostsNetworkHasIdsOfItsOwn() {
        var docker = daemon.docker();
        var box = docker.detached("--network", "host", BUSYBOX, "sleep", "9999");
        var host = Shell.run("ls", "/sys/class/net").ok().out();
        assertThat(docker.run("exec", box, "ls", "/sys/class/net").ok().out())
                .contains(host.lines().toList());
        assertThat(docker.run("exec", box, "cat", "/proc/self/uid_map").ok().out())
                .doesNotContain("4294967295");
        var change = "echo 1 > /proc/sys/net/ipv4/ip_forward; ip link add d0 type dummy";
        assertThat(docker.run("exec", "--privileged", box, "sh", "-c", change).code()).isNotZero();
        daemon.rootbound().run("prove", box).ok();
        docker.run("rm", "-f", box).ok();
    }
}
