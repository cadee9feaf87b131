package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Namespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(60)
class LinksTest {
    private static final int SOON = 1000;

    @TempDir Path directory;
    private final List<TestNetwork> networks = new ArrayList<>();

    private TestNetwork network() throws IOException {
        var place = Files.createDirectory(directory.resolve("" + networks.size()));
        networks.add(new TestNetwork(place));
        return networks.getLast();
    }

    @AfterEach
    void removeAll() throws IOException {
        for (var each : networks) each.close();
        Host.removeAll();
    }

    private static String inside(TestNetwork network, String... arguments) throws IOException {
        return Program.of("ip", arguments).in(network.file).run("");
    }

    private static List<String> links() throws IOException {
        return Links.named(name -> name.startsWith(Host.PREFIX));
    }

    private static boolean reaches(TestNetwork from, TestNetwork to, Links.Plug target)
            throws IOException {
        try (var server = Namespaces.inNetwork(to.file, () -> new ServerSocket(8080));
                var client =
                        Namespaces.inNetwork(
                                from.file,
                                () -> {
                                    var socket = new Socket();
                                    socket.bind(null); // else it is made in connect
                                    return socket;
                                })) {
            client.connect(new InetSocketAddress(target.ip4(), server.getLocalPort()), SOON);
            return true;
        } catch (java.net.SocketTimeoutException | java.net.ConnectException e) {
            return false;
        }
    }

    @Test
    void aPlugHasItsAddressesAndTheDefaultRoute() throws Exception {
        var bridge =
                new Bridge(
                        Host.PREFIX + "b1",
                        List.of(Host.side(1), Host.side6(1)),
                        1400,
                        Bridge.Reach.ALL);
        var network = network();
        Links.makeBridge(bridge);
        Links.makeBridge(bridge); // it is there
        var plug = Host.plug(bridge, 2);
        Links.plug(bridge, network.file, plug);
        assertThat(Links.devices(network.file)).containsExactlyInAnyOrder("lo", "eth0");
        assertThat(inside(network, "addr", "show", "dev", "eth0"))
                .contains("inet 198.18.101.2/24 brd 198.18.101.255", "inet6 fd00:198:18:1::2/64")
                .contains("02:42:c6:12:65:02", "mtu 1400");
        assertThat(inside(network, "-4", "route"))
                .contains("default via 198.18.101.1 dev eth0", "198.18.101.0/24 dev eth0");
        assertThat(inside(network, "-6", "route")).contains("default via fd00:198:18:1::1");
        assertThat(Host.ip("addr", "show", "dev", bridge.name()))
                .contains("inet 198.18.101.1/24", "inet6 fd00:198:18:1::1/64", "mtu 1400");
        assertThat(setting(bridge, "accept_ra")).isEqualTo("0");
        Links.remove(plug.outside());
        Links.remove(plug.outside()); // nothing there is fine
        Links.remove(bridge.name());
        assertThat(links()).isEmpty();
        assertThat(Links.devices(network.file)).containsExactly("lo");
    }

    private static String setting(Bridge bridge, String name) throws IOException {
        var file = Path.of("/proc/sys/net/ipv6/conf", bridge.name(), name);
        return Files.readString(file).strip();
    }

    @Test
    void aBridgeWithoutIpv6HasNoneOfIt() throws Exception {
        var bridge = Host.bridge(1, Bridge.Reach.ALL);
        Links.makeBridge(bridge);
        assertThat(setting(bridge, "disable_ipv6")).isEqualTo("1");
        var network = network();
        Links.plug(bridge, network.file, Host.plug(bridge, 2));
        assertThat(inside(network, "-6", "addr", "show", "dev", "eth0")).isEmpty();
        assertThat(Host.ip("-6", "addr", "show", "dev", bridge.name())).isEmpty();
    }

    @Test
    void whoIsOnABridgeReachesOthersUnlessTheyAreKeptApart() throws Exception {
        for (boolean connected : List.of(true, false)) {
            var bridge = Host.bridge(connected ? 1 : 2, new Bridge.Reach(false, true, connected));
            Links.makeBridge(bridge);
            var one = network();
            var two = network();
            Links.plug(bridge, one.file, Host.plug(bridge, 2));
            Links.plug(bridge, two.file, Host.plug(bridge, 3));
            assertThat(reaches(one, two, Host.plug(bridge, 3))).isEqualTo(connected);
        }
    }

    @Test
    void aPlugThatIsNotTheDefaultBecomesItLater() throws Exception {
        var network = network();
        var bridge = Host.bridge(1, Bridge.Reach.ALL);
        Links.makeBridge(bridge);
        var plug = Host.plug(bridge, 2);
        var quiet =
                new Links.Plug("eth0", plug.outside(), plug.mac(), plug.ip4(), plug.ip6(), false);
        Links.plug(bridge, network.file, quiet);
        assertThat(inside(network, "route")).doesNotContain("default");
        Links.makeDefault(bridge, network.file, plug);
        Links.makeDefault(bridge, network.file, plug);
        assertThat(inside(network, "route")).containsOnlyOnce("default via 198.18.101.1");
    }

    @Test
    void aBridgeThatFailsIsNotThere() throws Exception {
        var sides = List.of(Host.side(1), Host.side(1));
        var bridge = new Bridge(Host.PREFIX + "b1", sides, 0, Bridge.Reach.ALL);
        assertThatThrownBy(() -> Links.makeBridge(bridge))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("addr add 198.18.101.1/24");
        assertThat(links()).isEmpty();
    }

    @Test
    void ofAPlugThatFailsOutsideNothingIsLeft() throws Exception {
        var network = network();
        var nowhere = Host.bridge(9, Bridge.Reach.ALL); // never made
        assertThatThrownBy(() -> Links.plug(nowhere, network.file, Host.plug(nowhere, 2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nowhere.name());
        assertThat(links()).isEmpty();
        assertThat(Links.devices(network.file)).containsExactly("lo");
    }

    @Test
    void ofAPlugThatFailsInsideNothingIsLeft() throws Exception {
        var network = network();
        var bridge = Host.bridge(1, Bridge.Reach.ALL);
        Links.makeBridge(bridge);
        var plug = Host.plug(bridge, 2);
        var multicast = Addresses.parse("224.0.0.9");
        var bad = new Links.Plug("eth0", plug.outside(), plug.mac(), multicast, null, true);
        assertThatThrownBy(() -> Links.plug(bridge, network.file, bad))
                .isInstanceOf(IOException.class);
        assertThat(links()).containsExactly(bridge.name());
        assertThat(Links.devices(network.file)).containsExactly("lo");
        Links.plug(bridge, network.file, plug);
    }

    @Test
    void anotherDeviceOfThatNameInsideIsToldAndStays() throws Exception {
        var network = network();
        inside(network, "link", "add", "eth0", "type", "veth", "peer", "name", "eth9");
        var bridge = Host.bridge(1, Bridge.Reach.ALL);
        Links.makeBridge(bridge);
        assertThatThrownBy(() -> Links.plug(bridge, network.file, Host.plug(bridge, 2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exists");
        assertThat(links()).containsExactly(bridge.name());
        assertThat(Links.devices(network.file)).containsExactlyInAnyOrder("lo", "eth0", "eth9");
    }

    @Test
    void aProgramSaysWhatItWasToldAndWhy() {
        assertThatThrownBy(() -> Program.of("ip", "-batch", "-").run("link del dev rt-none\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("rt-none")
                .hasMessageContaining("it was told: link del dev rt-none");
        assertThatThrownBy(() -> Program.of("rootbound-nothing"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("install nftables, iproute2");
    }
}
