package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Namespaces;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.HeldPort;
import dev.rootbound.network.Links;
import dev.rootbound.network.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers on networks, with the real kernel. */
@Tag("kernel")
@Timeout(60)
class NetworksTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final Caller OTHER = new Caller(new Tenant(54322), 54322, 54322, List.of());
    private static final int SOON = 2000;

    @AutoClose private final TestEngine test = TestEngine.open();

    private Networks networks() {
        return test.engine.networks();
    }

    private Network make(String name) {
        return networks().create(CALLER, TestNetworks.making(name));
    }

    private static NetworkSpec.Attachment to(String network, String alias) {
        return new NetworkSpec.Attachment(network, List.of(alias), Map.of(), "", "", "", 0);
    }

    private static NetworkSpec.Attachment at(String network, String ip4) {
        return new NetworkSpec.Attachment(network, List.of(), Map.of(), ip4, "", "", 0);
    }

    private static TestSpec sleep() {
        return TestSpec.of("sleep", "1000");
    }

    /** Says its name to each who connects to port 80. */
    private static TestSpec server(String name) {
        return TestSpec.shell("while true; do echo " + name + " | nc -l -p 80; done");
    }

    private static TestSpec client(String address, int port) {
        return TestSpec.shell("nc -w 2 " + address + " " + port + " </dev/null 2>&1; true");
    }

    private static NetworkSpec.Binding binding(int hostPort) {
        return new NetworkSpec.Binding(80, Protocol.TCP, "", hostPort, hostPort);
    }

    private String started(String name, TestSpec spec) {
        var id = test.create(name, spec);
        test.start(id);
        return id;
    }

    private Networks.Endpoint endpoint(String id) {
        return networks().of(test.inspect(id)).endpoints().getFirst();
    }

    private String address(String id) {
        return text(endpoint(id).ip4());
    }

    private static String text(@Nullable InetAddress address) {
        return Addresses.text(requireNonNull(address));
    }

    private int port(String id) {
        return networks().of(test.inspect(id)).ports().getFirst().hostPort();
    }

    /** By the host's own program. */
    private static String said(String address, int port) throws Exception {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5); ; Thread.sleep(50)) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(Addresses.parse(address), port), SOON);
                socket.setSoTimeout(SOON);
                var said = new String(socket.getInputStream().readAllBytes(), UTF_8).strip();
                if (!said.isEmpty()) return said;
            } catch (IOException e) {
                if (System.nanoTime() > end) return "";
            }
            if (System.nanoTime() > end) return "";
        }
    }

    private String in(String id, String script) throws Exception {
        var pid = ((ContainerState.Running) test.inspect(id).state()).pid();
        var process =
                new ProcessBuilder(
                                "nsenter", "-t", "" + pid, "-U", "-n", "-m", "--", "sh", "-c",
                                script)
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    private static void failAt(String failpoint) throws IOException {
        Files.writeString(failpoints(), failpoint + ":error");
    }

    private static Path failpoints() {
        return Path.of(System.getProperty("rootbound.failpoints"));
    }

    @AfterEach
    void disarm() throws IOException {
        Files.deleteIfExists(failpoints());
    }

    // --- addresses and files ---------------------------------------------------------------------

    @Test
    void onTheDefaultNetworkAContainerHasAddressRouteAndFiles() throws Exception {
        var spec =
                TestSpec.shell(
                        "ip addr show eth0; ip route; cat /etc/hosts /etc/hostname; ls -ln /etc/hosts;"
                                + " echo 10.9.9.9 mine >> /etc/hosts && echo writable;"
                                + " rm -f /etc/hosts 2>/dev/null || echo stays; sleep 1000");
        spec.hostname = "box";
        var id = test.create(spec);
        var client = test.attach(id, false);
        test.start(id);
        var address = address(id);
        for (int i = 0; i < 200 && !client.out().contains("stays"); i++) Thread.sleep(20);
        assertThat(client.out())
                .contains("inet " + address + "/20", "default via 172.", "dev eth0")
                .contains("127.0.0.1\tlocalhost", address + "\tbox", "\nbox\n")
                .containsPattern("-rw-r--r-- +1 0 +0 ")
                .contains("writable", "stays");
        assertThat(endpoint(id).network().name()).isEqualTo("bridge");
        test.engine.killAndDelete(CALLER, id, false);
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void anAddressComesFreeAtTheEnd() {
        make("own");
        var first = test.started(sleep().on("own"));
        var address = address(first);
        assertThat(address(test.started(sleep().on("own")))).isNotEqualTo(address);
        test.engine.killAndDelete(CALLER, first, false);
        assertThat(address(test.started(sleep().on("own")))).isEqualTo(address);
    }

    @Test
    void ofAStartThatFailsAtItsSecondNetworkNoAddressStaysTaken() {
        make("one");
        var two = make("two");
        var ip = Addresses.text(two.subnets().getFirst().cidr().address(9));
        test.started(sleep().on(List.of(at("two", ip))));
        var bad = test.create(sleep().on(List.of(at("one", ""), at("two", ip))));
        var free = test.create(sleep().on("one"));
        assertThatThrownBy(() -> test.start(bad)).hasMessageContaining("Address already in use");
        test.start(free);
        assertThat(address(free)).endsWith(".2");
    }

    @Test
    void aNetworkWithIpv6HasBoth() throws Exception {
        networks().create(CALLER, TestNetworks.making("dual", List.of(), true));
        var id = started("web", server("hello").on("dual"));
        assertThat(endpoint(id).ip6()).isNotNull();
        var ip6 = text(endpoint(id).ip6());
        assertThat(in(id, "ip -6 addr show eth0; ip -6 route")).contains(ip6, "default via fd");
        var spec =
                TestSpec.shell("cat /etc/hosts; nc -w 5 -6 web 80 2>&1 || nc -w 5 " + ip6 + " 80");
        assertThat(test.run(spec.on("dual"))).contains("fd").endsWith("hello\n");
    }

    /** It has no way back to the network: who answers has seen the host's address. */
    @Test
    void anAddressOutsideOfTheHostIsReachedByIpv6() throws Exception {
        networks().create(CALLER, TestNetworks.making("dual", List.of(), true));
        var holder = new ProcessBuilder("unshare", "-n", "sh", "-c", "echo; exec sleep 60").start();
        try {
            int _ = holder.getInputStream().read(); // it has its namespace
            var outside = Path.of("/proc/" + holder.pid() + "/ns/net");
            host("ip link add rbtest6 type veth peer name eth0 netns " + holder.pid());
            host("ip addr add fd77:6::1/64 nodad dev rbtest6");
            host("ip link set rbtest6 up");
            var there = "nsenter --net=" + outside + " ip ";
            host(there + "addr add fd77:6::2/64 nodad dev eth0");
            host(there + "link set eth0 up");
            try (var server = Namespaces.inNetwork(outside, () -> new ServerSocket(0))) {
                var answered = Thread.ofVirtual().start(() -> answerOnce(server));
                var client = TestSpec.shell("nc -w 10 fd77:6::2 " + server.getLocalPort());
                assertThat(test.run(client.on("dual"))).isEqualTo("fd77:6:0:0:0:0:0:1");
                answered.join();
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    /** Says whom it sees. */
    private static void answerOnce(ServerSocket server) {
        try (var client = server.accept()) {
            client.getOutputStream()
                    .write(client.getInetAddress().getHostAddress().getBytes(UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void host(String command) throws Exception {
        var words = command.split(" ");
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).as(command).isZero();
    }

    // --- names -----------------------------------------------------------------------------------

    private static String lookup(String name) {
        return "for i in 1 2 3 4 5; do nslookup " + name + " 127.0.0.11 && break; done";
    }

    @Test
    void containersFindEachOtherByNameAliasIdAndAddress() throws Exception {
        make("own");
        var web = started("web", sleep().on(List.of(to("own", "www"))));
        var address = address(web);
        for (var name : List.of("web", "WWW", web.substring(0, 12), "web.own")) {
            assertThat(test.run(TestSpec.shell(lookup(name)).on("own"))).contains(address);
        }
        assertThat(test.run(TestSpec.shell(lookup(address)).on("own"))).contains("web.own");
        assertThat(test.run(TestSpec.shell("cat /etc/resolv.conf").on("own")))
                .startsWith("nameserver 127.0.0.11\n");
    }

    @Test
    void aNewNameIsFoundAndTheOldIsNot() throws Exception {
        make("own");
        var web = started("web", sleep().on("own"));
        test.engine.rename(CALLER, web, "shop");
        assertThat(test.run(TestSpec.shell(lookup("shop")).on("own"))).contains(address(web));
        assertThat(test.run(TestSpec.shell("nslookup web 127.0.0.11 2>&1; true").on("own")))
                .doesNotContain(address(web));
    }

    @Test
    void theNextEngineKnowsAddressesPortsAndNames() throws Exception {
        make("own");
        var web = started("web", server("hello").on("own").bound(binding(0)));
        var address = address(web);
        int port = port(web);
        test.reopen();
        assertThat(address(web)).isEqualTo(address);
        assertThat(port(web)).isEqualTo(port);
        assertThat(said("127.0.0.1", port)).isEqualTo("hello");
        assertThatThrownBy(() -> HeldPort.take(Protocol.TCP, Addresses.parse("0.0.0.0"), port))
                .isInstanceOf(java.net.BindException.class);
        assertThat(in(web, lookup("web"))).contains(address);
        assertThat(address(test.started(sleep().on("own")))).isNotEqualTo(address);
        test.engine.killAndDelete(CALLER, web, false);
        HeldPort.take(Protocol.TCP, Addresses.parse("0.0.0.0"), port).close();
    }

    @Test
    void portsOfBothFamiliesAreHeldByTheNextEngine() throws Exception {
        networks().create(CALLER, TestNetworks.making("dual", List.of(), true));
        var web = started("web", server("hello").on("dual").bound(binding(0)));
        int port = port(web);
        assertThat(said("127.0.0.1", port)).isEqualTo("hello");
        test.reopen();
        for (var all : List.of("0.0.0.0", "::1")) {
            assertThatThrownBy(() -> HeldPort.take(Protocol.TCP, Addresses.parse(all), port))
                    .as(all)
                    .isInstanceOf(java.net.BindException.class);
        }
        assertThat(said("127.0.0.1", port)).isEqualTo("hello");
    }

    // --- connect and disconnect ------------------------------------------------------------------

    @Test
    void aContainerThatRunsIsConnectedAndDisconnected() throws Exception {
        make("own");
        var web = started("web", server("hello").on("own"));
        var id = test.started(sleep());
        assertThat(in(id, "nc -w 2 " + address(web) + " 80 </dev/null 2>&1; true"))
                .doesNotContain("hello");
        networks().connect(CALLER, id, to("own", "me"));
        assertThat(in(id, "ip addr show eth1; ip route")).contains("inet 172.", "default via");
        assertThat(in(id, "nc -w 5 " + address(web) + " 80 </dev/null")).contains("hello");
        assertThat(in(web, lookup("me"))).contains("172.");
        assertThatThrownBy(() -> networks().connect(CALLER, id, to("own", "me")))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("already exists");
        networks().disconnect(CALLER, id, "bridge", false);
        assertThat(in(id, "ip link")).doesNotContain("eth0@");
        assertThat(in(id, "ip route")).contains("default via");
        networks().disconnect(CALLER, id, "own", false);
        assertThat(in(id, "ip route").strip()).isEmpty();
        assertThat(networks().of(test.inspect(id)).endpoints()).isEmpty();
        assertThatThrownBy(() -> networks().disconnect(CALLER, id, "own", false))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("is not connected");
    }

    private NetworkSpec.Attachment first(String network, int priority) {
        return new NetworkSpec.Attachment(network, List.of(), Map.of(), "", "", "", priority);
    }

    @Test
    void theDefaultRouteFollowsTheHighestPriority() throws Exception {
        var low = make("a-low");
        var high = make("high");
        var id = test.started(server("web").bound(binding(0)));
        int port = port(id);
        var routes = "ip route | grep default";
        networks().connect(CALLER, id, first("high", 10));
        assertThat(in(id, routes)).contains(gateway(high) + " dev eth1").hasLineCount(1);
        assertThat(said("127.0.0.1", port)).isEqualTo("web");
        networks().connect(CALLER, id, first("a-low", 5));
        assertThat(in(id, routes)).contains("dev eth1").hasLineCount(1);
        assertThat(port(id)).isEqualTo(port);
        networks().disconnect(CALLER, id, "high", false);
        assertThat(in(id, routes)).contains(gateway(low) + " dev eth2").hasLineCount(1);
        assertThat(said("127.0.0.1", port)).isEqualTo("web");
        test.reopen();
        networks().disconnect(CALLER, id, "a-low", false);
        assertThat(in(id, routes)).contains("dev eth0").hasLineCount(1);
        assertThat(said("127.0.0.1", port)).isEqualTo("web");
    }

    private static String gateway(Network network) {
        return text(network.subnets().getFirst().gateway());
    }

    @Test
    void whatIsGoneOrDoesNotRunIsTakenOffByForce() {
        make("own");
        var id = test.create(sleep());
        networks().connect(CALLER, id, NetworkSpec.Attachment.to("own"));
        networks().disconnect(CALLER, id, "own", true);
        assertThat(networks().of(test.inspect(id)).endpoints()).hasSize(1);
        assertThatThrownBy(() -> networks().disconnect(CALLER, "gone", "own", true))
                .isInstanceOf(EngineException.NotFound.class)
                .hasMessage("endpoint gone not found");
        networks().remove(CALLER, "own");
    }

    @Test
    void aBridgeThatSomebodyRemovesIsBackWithItsContainers() throws Exception {
        var network = make("own");
        var web = started("web", server("hello").on(List.of(to("own", "www"))).bound(binding(0)));
        var id = test.started(sleep().on("own"));
        int port = port(web);
        var bridge = Links.named(each -> each.endsWith(network.id().substring(0, 8))).getFirst();
        var removed = new ProcessBuilder("ip", "link", "del", bridge).inheritIO().start();
        assertThat(removed.waitFor()).isZero();
        assertThat(in(id, "nc -w 1 www 80 </dev/null 2>&1; true")).doesNotContain("hello");
        TestEngine.await(() -> in(id, "nc -w 5 www 80 </dev/null 2>&1; true").contains("hello"));
        assertThat(said("127.0.0.1", port)).isEqualTo("hello");
    }

    @Test
    void aContainerThatDoesNotRunIsConnectedForItsNextStart() {
        make("own");
        var id = test.create(sleep());
        networks().connect(CALLER, id, NetworkSpec.Attachment.to("own"));
        networks().disconnect(CALLER, id, "bridge", false);
        test.start(id);
        assertThat(networks().of(test.inspect(id)).endpoints())
                .extracting(each -> each.network().name())
                .containsExactly("own");
    }

    @Test
    void whoIsTakenOffNoNetworkCanBePutOnOne() {
        make("own");
        var id = test.create(sleep().isolation(TestIsolation.mode(1, "none")));
        assertThatThrownBy(() -> networks().connect(CALLER, id, NetworkSpec.Attachment.to("own")))
                .hasMessageContaining("private (none) mode");
        networks().disconnect(CALLER, id, "none", false);
        networks().connect(CALLER, id, NetworkSpec.Attachment.to("own"));
        test.start(id);
        assertThat(address(id)).startsWith("172.");
    }

    // --- failures --------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "network.begun",
                "network.bridge-made",
                "network.plugged",
                "network.rules-put"
            })
    void ofAStartThatFailsNothingIsLeft(String failpoint) throws Exception {
        make("own");
        int port = freePort();
        var id = test.create(server("hello").on("own").bound(binding(port)));
        failAt(failpoint);
        assertThatThrownBy(() -> test.start(id)).hasMessageContaining(failpoint);
        assertThat(Leftovers.of(test)).isEmpty();
        if (failpoint.equals("network.bridge-made")) {
            assertThat(test.linksAndTables()).isEmpty();
        }
        HeldPort.take(Protocol.TCP, Addresses.parse("0.0.0.0"), port).close();
        test.start(id);
        assertThat(address(id)).endsWith(".2");
        assertThat(said("127.0.0.1", port)).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"network.bridge-made", "network.plugged", "network.rules-put"})
    void ofAConnectThatFailsNothingIsLeft(String failpoint) throws Exception {
        make("own");
        var id = test.started(sleep());
        failAt(failpoint);
        assertThatThrownBy(() -> networks().connect(CALLER, id, NetworkSpec.Attachment.to("own")))
                .hasMessageContaining(failpoint);
        assertThat(in(id, "ip link")).doesNotContain("eth1");
        assertThat(networks().of(test.inspect(id)).endpoints()).hasSize(1);
        networks().connect(CALLER, id, NetworkSpec.Attachment.to("own"));
        assertThat(text(networks().of(test.inspect(id)).endpoints().getLast().ip4()))
                .endsWith(".2");
    }

    private static int freePort() throws IOException {
        try (var held = HeldPort.take(Protocol.TCP, Addresses.parse("0.0.0.0"), 0)) {
            return held.number();
        }
    }

    @Test
    void aPortOfAnotherProgramIsToldAndNothingIsLeft() throws Exception {
        try (var program = new ServerSocket(0)) {
            var id = test.create(sleep().bound(binding(program.getLocalPort())));
            assertThatThrownBy(() -> test.start(id))
                    .hasMessageContaining("port is already allocated")
                    .hasMessageContaining("a program of this host has it");
            assertThat(Leftovers.of(test)).isEmpty();
        }
        started("holder", sleep().bound(binding(0)));
        int port = port("holder");
        var id = test.create(sleep().bound(binding(port)));
        assertThatThrownBy(() -> test.start(id)).hasMessageContaining("container holder has it");
    }

    @Test
    void ofSctpAPortIsOneContainersToo() {
        var sctp = new NetworkSpec.Binding(80, Protocol.SCTP, "", 7777, 7777);
        test.started(sleep().bound(sctp));
        var second = test.create(sleep().bound(sctp));
        assertThatThrownBy(() -> test.start(second))
                .hasMessageContaining("port is already allocated");
        var any = new NetworkSpec.Binding(80, Protocol.SCTP, "", 0, 0);
        assertThat(port(test.started(sleep().bound(any)))).isPositive();
    }

    @Test
    void aBridgeThatSomebodyRemovesIsMadeAgain() throws Exception {
        make("own");
        test.started(sleep().on("own"));
        var prefix = test.linkPrefixes().getFirst();
        for (var link : Links.named(name -> name.startsWith(prefix))) Links.remove(link);
        var web = started("web", server("hello").on("own"));
        assertThat(test.run(client(address(web), 80).on("own"))).contains("hello");
    }

    // --- removal and prune -----------------------------------------------------------------------

    @Test
    void aNetworkInUseStaysAndOneThatIsNotGoes() throws Exception {
        make("own");
        var id = started("web", sleep().on("own"));
        assertThatThrownBy(() -> networks().remove(CALLER, "own"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("has active endpoints (name:\"web\" id:\"" + id);
        assertThat(networks().prune(CALLER, _ -> true)).isEmpty();
        make("unused");
        assertThat(networks().prune(CALLER, _ -> true)).containsExactly("unused");
        test.engine.killAndDelete(CALLER, id, false);
        networks().remove(CALLER, "own");
        assertThatThrownBy(() -> networks().find(CALLER, "own"))
                .isInstanceOf(EngineException.NotFound.class);
        for (var name : List.of("bridge", "host", "none")) {
            assertThatThrownBy(() -> networks().remove(CALLER, name))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("pre-defined");
        }
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void aDamagedRecordFailsNoOther() throws Exception {
        var bad = make("bad");
        make("good");
        var record = test.root.resolve("networks").resolve(bad.id() + ".json");
        var text = Files.readString(record).replace("\"options\":{}", "\"options\":{\"a\":\"b\"}");
        Files.writeString(record, text);
        test.reopen();
        assertThat(test.run(TestSpec.of("true").on("good"))).isEmpty();
    }

    // --- tenants ---------------------------------------------------------------------------------

    private String others(TestSpec spec) {
        var id = test.engine.create(OTHER, null, spec.build()).id();
        test.engine.start(OTHER, id);
        return id;
    }

    @Test
    void twoTenantsHaveNetworksOfTheSameNameApart() throws Exception {
        var own = make("own");
        var other = networks().create(OTHER, TestNetworks.making("own"));
        assertThat(own.subnets()).doesNotContainAnyElementsOf(other.subnets());
        assertThat(networks().find(OTHER, "own").id()).isEqualTo(other.id());
        networks().create(OTHER, TestNetworks.making("secret"));
        for (var text : List.of("secret", other.id(), other.id().substring(0, 12))) {
            assertThatThrownBy(() -> networks().find(CALLER, text))
                    .isInstanceOf(EngineException.NotFound.class);
        }
        assertThat(networks().list(CALLER)).noneMatch(each -> each.tenant().uid() == 54322);
        var id = others(server("other").on("own").bound(binding(0)));
        try {
            var stay = networks().of(test.engine.inspect(OTHER, id));
            var address = text(stay.endpoints().getFirst().ip4());
            int port = stay.ports().getFirst().hostPort();
            assertThat(said("127.0.0.1", port)).isEqualTo("other");
            assertThat(test.run(client(address, 80).on("own"))).doesNotContain("other");
            assertThat(test.run(client(address, 80))).doesNotContain("other");
            var gateway = Addresses.text(own.subnets().getFirst().gateway());
            assertThat(test.run(client(gateway, port).on("own"))).contains("other");
            assertThat(
                            test.run(
                                    TestSpec.shell(
                                                    "nslookup "
                                                            + id.substring(0, 12)
                                                            + " 127.0.0.11 2>&1; true")
                                            .on("own")))
                    .doesNotContain(address);
        } finally {
            test.engine.killAndDelete(OTHER, id, false);
        }
    }

    @Test
    void aSourceAddressThatIsNotItsOwnNetworksIsDropped() throws Exception {
        make("own");
        var id = test.started(sleep().on("own"));
        var pid = ((ContainerState.Running) test.inspect(id).state()).pid();
        var gateway = endpoint(id).gateway4();
        try (var host = new DatagramSocket(new InetSocketAddress(gateway, 0))) {
            host.setSoTimeout(1000);
            var to = new InetSocketAddress(gateway, host.getLocalPort());
            var packet = new DatagramPacket(new byte[100], 100);
            send(pid, text(endpoint(id).ip4()), to);
            host.receive(packet);
            assertThat(packet.getAddress()).isEqualTo(endpoint(id).ip4());
            entered(pid, "ip addr add 198.18.77.7/32 dev lo");
            send(pid, "198.18.77.7", to);
            assertThatThrownBy(() -> host.receive(packet))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static void send(long pid, String from, InetSocketAddress to) throws IOException {
        var source = new InetSocketAddress(Addresses.parse(from), 0);
        var namespace = Path.of("/proc/" + pid + "/ns/net");
        try (var socket = Namespaces.inNetwork(namespace, () -> new DatagramSocket(source))) {
            socket.send(new DatagramPacket(new byte[1], 1, to));
        }
    }

    /** With the host's programs, in the container's network and user namespaces. */
    private static String entered(long pid, String script) throws Exception {
        var process =
                new ProcessBuilder(
                                "nsenter", "-t", "" + pid, "-n", "--", "busybox", "sh", "-c",
                                script)
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void theHostsLoopbackIsNotReached() throws Exception {
        try (var server = new ServerSocket(0, 5, Addresses.parse("127.0.0.1"))) {
            var id = test.started(sleep());
            var pid = ((ContainerState.Running) test.inspect(id).state()).pid();
            var gateway = text(endpoint(id).gateway4());
            // as CVE-2020-8558: to 127.0.0.1 by the link, where lo does not have it
            entered(
                    pid,
                    "ip addr del 127.0.0.1/8 dev lo; echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet;"
                            + " ip route add 127.0.0.1/32 via "
                            + gateway
                            + " dev eth0; nc -w 2 127.0.0.1 "
                            + server.getLocalPort()
                            + " </dev/null");
            server.setSoTimeout(200);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void anInternalNetworkReachesNothingOutside() throws Exception {
        networks().create(CALLER, TestNetworks.internal("inner"));
        var own = make("own");
        var web = started("web", server("hello").on("own").bound(binding(0)));
        var gateway = Addresses.text(own.subnets().getFirst().gateway());
        var inner = started("peer", server("peer").on("inner"));
        var id = test.started(sleep().on("inner"));
        assertThat(in(id, "ip route")).doesNotContain("default");
        assertThat(test.run(client(address(inner), 80).on("inner"))).contains("peer");
        var pid = ((ContainerState.Running) test.inspect(id).state()).pid();
        var bridge = networks().find(CALLER, "inner").subnets().getFirst().gateway();
        // who makes a route of its own
        entered(pid, "ip route add default via " + Addresses.text(bridge));
        for (var to : List.of(address(web) + " 80", gateway + " " + port(web))) {
            assertThat(entered(pid, "nc -w 2 " + to + " </dev/null 2>&1")).doesNotContain("hello");
        }
        assertThat(in(id, lookup("peer"))).contains(address(inner));
    }
}
