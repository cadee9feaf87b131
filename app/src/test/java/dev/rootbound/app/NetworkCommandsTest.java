package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** network and port; what is sent is what docker CLI 28.2.2 sends, but for zeros. */
@Timeout(20)
class NetworkCommandsTest extends EngineOfTest {
    private Run run(String words) {
        return Run.of(engine, words.split(" ", -1));
    }

    @Test
    void aNetworkIsMadeWithAllThatIsAskedFor() {
        engine.on("POST /networks/create", 201, "{\"Id\":\"abc\",\"Warning\":\"careful\"}");
        assertThat(
                        run(
                                "network create --subnet 10.1.0.0/16 --gateway 10.1.0.1 --ip-range"
                                        + " 10.1.5.0/24 --aux-address a=10.1.0.9 --ipv6 --internal"
                                        + " --attachable --label l=m -o x=y --subnet fd00:1::/64"
                                        + " --gateway fd00:1::1 n"))
                .isEqualTo(new Run(0, "abc\n", "WARNING: careful\n"));
        assertThat(engine.bodies)
                .containsExactly(
                        "{\"Name\":\"n\",\"Driver\":\"bridge\",\"Internal\":true,\"Attachable\":true,"
                                + "\"Options\":{\"x\":\"y\"},\"Labels\":{\"l\":\"m\"},\"IPAM\":{\"Config\":["
                                + "{\"Subnet\":\"10.1.0.0/16\",\"IPRange\":\"10.1.5.0/24\",\"Gateway\":"
                                + "\"10.1.0.1\",\"AuxiliaryAddresses\":{\"a\":\"10.1.0.9\"}},{\"Subnet\":"
                                + "\"fd00:1::/64\",\"Gateway\":\"fd00:1::1\"}]},\"EnableIPv6\":true}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    --ip-range 10.0.0.0/24 | every ip-range or gateway must have a corresponding
                    --subnet x | 'x' is not ADDRESS/BITS
                    --subnet 10.0.0.0/16 --gateway 11.0.0.1 | no matching subnet for gateway 11.0.0.1
                    --subnet 10.0.0.0/16 --gateway x | 'x' is not an IP address
                    --subnet 10.0.0.0/16 --ip-range 11.0.0.0/24 | no matching subnet for range
                    --subnet 10.0.0.0/16 --subnet 10.0.1.0/24 | multiple overlapping subnet
                    --subnet 10.0.0.0/16 --aux-address 1.1.1.1 | invalid aux-address '1.1.1.1'
                    --subnet 10.0.0.0/16 --aux-address a=1.1.1.1 | no matching subnet for aux-address
                    --subnet 10.0.0.0/16 --subnet fd00::/64 --gateway 10.0.0.1 --gateway 10.0.0.2 | multiple gateways
                    """)
    void addressesThatDoNotFitAreRefused(String options, String why) {
        var run = run("network create " + options + " n");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains(why);
        assertThat(engine.requests).isEmpty();
    }

    @Test
    void aListIsSortedAsPeopleCount() {
        engine.on(
                "GET /networks",
                200,
                """
                [{"Name":"net10","Id":"0123456789abcdef","Driver":"bridge","Scope":"local",
                "Created":"2026-11-22T03:34:01.5Z","EnableIPv4":true,"Labels":{"a":"b"}},
                {"Name":"net9","Id":"1123456789abcdef","Driver":"bridge","Scope":"local"},
                {"Name":"none","Id":"2123456789abcdef","Driver":"null","Scope":"local"}]\
                """);
        assertThat(run("network ls").out())
                .isEqualTo(
                        """
                        NETWORK ID     NAME      DRIVER    SCOPE
                        1123456789ab   net9      bridge    local
                        0123456789ab   net10     bridge    local
                        2123456789ab   none      null      local
                        """);
        assertThat(run("network list -q --no-trunc").out())
                .isEqualTo("1123456789abcdef\n0123456789abcdef\n2123456789abcdef\n");
        assertThat(run("network ls --format json -f driver=bridge").out().lines())
                .hasSize(3)
                .contains(
                        "{\"CreatedAt\":\"2026-11-22 03:34:01.5 +0000 UTC\",\"Driver\":\"bridge\","
                                + "\"ID\":\"0123456789ab\",\"IPv4\":\"true\",\"IPv6\":\"false\","
                                + "\"Internal\":\"false\",\"Labels\":\"a=b\",\"Name\":\"net10\","
                                + "\"Scope\":\"local\"}");
        assertThat(engine.requests.getLast()).contains("filters=%7B%22driver%22");
    }

    @Test
    void aContainerIsConnectedAndDisconnected() {
        engine.on("POST /networks/n/connect", 200, "").on("POST /networks/n/disconnect", 200, "");
        assertThat(
                        run(
                                "network connect --alias a --ip 1.2.3.4 --ip6 fd00::1 --link x:y"
                                        + " --link-local-ip 169.254.1.1 --driver-opt a=b"
                                        + " --gw-priority 3 n c"))
                .isEqualTo(new Run(0, "", ""));
        run("network connect n c");
        run("network disconnect -f n c");
        assertThat(engine.bodies)
                .containsExactly(
                        "{\"Container\":\"c\",\"EndpointConfig\":{\"Links\":[\"x:y\"],\"Aliases\":[\"a\"],"
                                + "\"DriverOpts\":{\"a\":\"b\"},\"GwPriority\":3,\"IPAMConfig\":{"
                                + "\"IPv4Address\":\"1.2.3.4\",\"IPv6Address\":\"fd00::1\","
                                + "\"LinkLocalIPs\":[\"169.254.1.1\"]}}}",
                        "{\"Container\":\"c\"}",
                        "{\"Container\":\"c\",\"Force\":true}");
        assertThat(run("network connect --driver-opt x n c").code()).isEqualTo(1);
        assertThat(run("network connect n").err()).contains("requires 2 arguments");
    }

    @Test
    void networksAreRemovedInspectedAndPruned() {
        engine.on("DELETE /networks/a", r -> r.send("HTTP/1.1 204 No Content\r\n\r\n"))
                .on("GET /networks/a", 200, "{\"Name\":\"a\"}")
                .on("POST /networks/prune", 200, "{\"NetworksDeleted\":[\"a\",\"b\"]}");
        assertThat(run("network rm a nope"))
                .isEqualTo(
                        new Run(
                                1,
                                "a\n",
                                "Error response from daemon: No such thing: DELETE /networks/nope\n"));
        assertThat(run("network remove -f nope a")).isEqualTo(new Run(0, "a\n", ""));
        assertThat(run("network inspect -f json a").out()).isEqualTo("[{\"Name\":\"a\"}]\n");
        assertThat(run("inspect --type network -f json a").code()).isZero();
        assertThat(run("inspect -f json a").out()).isEqualTo("[{\"Name\":\"a\"}]\n");
        assertThat(run("network prune -f").out()).isEqualTo("Deleted Networks:\na\nb\n");
        engine.on("POST /networks/prune", 200, "{\"NetworksDeleted\":null}");
        assertThat(run("network prune"))
                .extracting(Run::out)
                .asString()
                .startsWith("WARNING! This will remove all custom networks not used by at least");
        assertThat(run("network prune -f").out()).isEmpty();
    }

    @Test
    void aPruneOfAllIsOfNetworksToo() {
        for (String kind : new String[] {"containers", "images", "build"})
            engine.on("POST /" + kind + "/prune", 200, "{\"SpaceReclaimed\":0}");
        engine.on("POST /networks/prune", 200, "{\"NetworksDeleted\":[\"a\"]}");
        assertThat(run("system prune -f").out())
                .isEqualTo("Deleted Networks:\na\n\nTotal reclaimed space: 0B\n");
        assertThat(run("system prune").out())
                .contains("  - all networks not used by at least one container\n");
    }

    @Test
    void allCommandsHaveHelp() {
        for (String name :
                new String[] {"create", "ls", "rm", "inspect", "prune", "connect", "disconnect"})
            assertThat(run("network " + name + " --help").out())
                    .startsWith("Usage:  rootbound network " + name + " ");
        assertThat(run("network").err()).contains("'network' needs a command");
        assertThat(run("network foo").err()).contains("is not a rootbound command");
    }

    @Test
    void portsAreListed() {
        engine.on(
                "GET /containers/c/json",
                200,
                """
                {"NetworkSettings":{"Ports":{"443/tcp":null,"8080/tcp":[{"HostIp":"0.0.0.0",
                "HostPort":"9"}],"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::",
                "HostPort":"8080"}],"53/udp":[{"HostIp":"127.0.0.1","HostPort":"53"}]}}}\
                """);
        assertThat(run("port c").out())
                .isEqualTo(
                        """
                        53/udp -> 127.0.0.1:53
                        80/tcp -> 0.0.0.0:8080
                        80/tcp -> [::]:8080
                        8080/tcp -> 0.0.0.0:9
                        """);
        assertThat(run("container port c 80").out()).isEqualTo("0.0.0.0:8080\n[::]:8080\n");
        assertThat(run("port c 53/udp").out()).isEqualTo("127.0.0.1:53\n");
        var none = run("port c 443");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("Error: No public port '443/tcp' published for c");
        assertThat(run("port c x").err()).contains("Error: invalid port (x)");
    }

    private static Json port(String ip, int inside, int outside, String type) {
        return new Json.Members()
                .with("IP", ip)
                .with("PrivatePort", inside)
                .with("PublicPort", outside)
                .with("Type", type);
    }

    @Test
    void portsInARowAreOneRange() {
        var ports =
                Stream.of(
                                port("0.0.0.0", 8002, 8002, "tcp"),
                                port("0.0.0.0", 8000, 8000, "tcp"),
                                port("0.0.0.0", 8001, 8001, "tcp"),
                                port("::", 8000, 8000, "tcp"),
                                port("0.0.0.0", 80, 8080, "tcp"),
                                port("::", 80, 8080, "tcp"),
                                port("", 100, 0, "udp"),
                                port("", 101, 0, "udp"),
                                port("", 103, 0, "udp"))
                        .toList();
        assertThat(PortColumn.text(ports))
                .isEqualTo(
                        "100-101/udp, 103/udp, 0.0.0.0:8000-8002->8000-8002/tcp,"
                                + " [::]:8000->8000/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp");
        assertThat(PortColumn.text(java.util.List.of())).isEmpty();
    }
}
