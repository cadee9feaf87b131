package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Protocol;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkPlanTest {
    private static final int NETWORK = 1;
    private static final NetworkSpec PLAIN = NetworkSpec.PLAIN;
    private static final Network USUAL = TestNetworks.of('a', "bridge", "172.17.0.0/16");
    private static final Network OWN = TestNetworks.of('b', "own", "172.18.0.0/16");
    private static final Network DUAL =
            TestNetworks.of('c', "dual", "172.19.0.0/16", "fd00:1::/64");
    private static final List<Network> ALL =
            List.of(
                    USUAL,
                    OWN,
                    DUAL,
                    fixed('d', "host", Network.Driver.HOST),
                    fixed('e', "none", Network.Driver.NONE));

    private static Network fixed(char id, String name, Network.Driver driver) {
        return new Network(
                TestNetworks.id(id),
                name,
                new Tenant(1000),
                TestNetworks.NOW,
                driver,
                List.of(),
                false,
                false,
                Map.of(),
                Map.of());
    }

    private static Network find(String text) {
        return ALL.stream()
                .filter(each -> each.name().equals(text) || each.id().equals(text))
                .findFirst()
                .orElseThrow(() -> new EngineException.NotFound("network " + text + " not found"));
    }

    private static final class Known implements NetworkPlan.Finder {
        @Override
        public Network find(String network) {
            return NetworkPlanTest.find(network);
        }

        @Override
        public void checkContainer(String container) {
            if (container.equals("there")) return;
            throw new EngineException.Invalid("could not get container for " + container);
        }
    }

    private static ContainerSpec complete(String mode, NetworkSpec asked, String... exposed) {
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(NETWORK, mode));
        spec.network = asked;
        return NetworkPlan.complete(spec.build(), List.of(exposed), new Known());
    }

    private static List<String> networks(ContainerSpec spec) {
        return spec.network().attachments().stream()
                .map(each -> find(each.network()).name())
                .toList();
    }

    private static NetworkSpec.Attachment at(String network, String ip4, String ip6, String mac) {
        return new NetworkSpec.Attachment(network, List.of(), Map.of(), ip4, ip6, mac, 0);
    }

    private static NetworkSpec.Attachment named(String network, String alias) {
        return new NetworkSpec.Attachment(network, List.of(alias), Map.of(), "", "", "", 0);
    }

    private static NetworkSpec.Attachment linked(String name, String alias) {
        return new NetworkSpec.Attachment("own", List.of(), Map.of(name, alias), "", "", "", 0);
    }

    private static NetworkSpec.Binding binding(String host, int port, int first, int last) {
        return new NetworkSpec.Binding(port, Protocol.TCP, host, first, last);
    }

    private static NetworkSpec spec(
            List<NetworkSpec.Binding> bindings,
            List<String> exposed,
            List<String> dns,
            List<String> search,
            List<String> options,
            List<String> hosts) {
        return new NetworkSpec(List.of(), bindings, exposed, false, dns, search, options, hosts);
    }

    private static NetworkSpec bound(NetworkSpec.Binding binding) {
        return spec(List.of(binding), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    private static void refused(String mode, NetworkSpec asked, String why) {
        assertThatThrownBy(() -> complete(mode, asked))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(why);
    }

    // --- modes -----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "'', bridge, ''",
        "default, bridge, ''",
        "bridge, bridge, ''",
        "own, own, ''",
        "none, none, none",
        "host, host, host",
    })
    void theModeIsTheFirstNetworkUnlessOthersAreNamed(String mode, String network, String left) {
        var spec = complete(mode, PLAIN);
        assertThat(networks(spec)).containsExactly(network);
        assertThat(spec.isolation().networkMode()).isEqualTo(left);
    }

    @Test
    void aNetworkByNameAndByIdIsOne() {
        var both = List.of(NetworkSpec.Attachment.to("own"), NetworkSpec.Attachment.to(OWN.id()));
        assertThat(networks(complete("own", PLAIN.on(both)))).containsExactly("own");
    }

    @Test
    void furtherNetworksAreInTheirOrder() {
        var both = List.of(NetworkSpec.Attachment.to("own"), NetworkSpec.Attachment.to("bridge"));
        assertThat(networks(complete("own", PLAIN.on(both)))).containsExactly("own", "bridge");
    }

    /** NotFound would have Docker's client pull the image. */
    @Test
    void aNetworkThatIsNotThereIsInvalid() {
        refused("nothing", PLAIN, "network nothing not found");
    }

    @Test
    void noneAndHostAreAlone() {
        for (var mode : List.of("none", "host")) {
            var both = List.of(NetworkSpec.Attachment.to(mode), NetworkSpec.Attachment.to("own"));
            refused(mode, PLAIN.on(both), "conflicting options");
            refused("own", PLAIN.on(both), "conflicting options");
        }
    }

    @Test
    void whoJoinsAnotherHasNothingOfItsOwn() {
        var mode = "container:abc";
        var joined = complete(mode, PLAIN, "80/tcp");
        assertThat(joined.network()).isEqualTo(PLAIN);
        assertThat(joined.isolation().networkMode()).isEqualTo(mode);
        var none = List.<String>of();
        var some = List.of("80/tcp");
        refused(mode, bound(binding("", 80, 0, 0)), "port publishing");
        refused(mode, spec(List.of(), some, none, none, none, none), "port exposing");
        refused(mode, spec(List.of(), none, List.of("1.1.1.1"), none, none, none), "dns");
        refused(
                mode,
                spec(List.of(), none, none, none, none, List.of("a:1.1.1.1")),
                "host-to-IP mapping");
        refused(mode, PLAIN.on(List.of(at("own", "", "", "02:42:00:00:00:01"))), "networks and");
        refused(mode, PLAIN.on(List.of(linked("a", "b"))), "networks and");
    }

    // --- addresses and names ---------------------------------------------------------------------

    @Test
    void anAddressOfTheNetworksSubnetIsTaken() {
        var asked = List.of(at("dual", "172.19.9.9", "fd00:1::99", "02:42:AC:00:00:01"));
        assertThat(complete("dual", PLAIN.on(asked)).network().attachments().getFirst())
                .isEqualTo(asked.getFirst().named(DUAL.id()));
    }

    @ParameterizedTest
    @CsvSource({
        "own, 172.19.0.9, '', no configured subnet contains IP address 172.19.0.9",
        "own, '', fd00:1::9, no configured subnet contains IP address fd00:1::9",
        "dual, fd00:1::9, '', no configured subnet",
        "dual, '', 172.19.0.9, no configured subnet",
        "own, nine, '', invalid IP address",
        "own, 172.18.0.9/16, '', invalid IP address",
        "bridge, 172.17.0.9, '', user defined networks only",
        "none, 172.17.0.9, '', user defined networks only",
    })
    void anotherAddressIsRefused(String network, String ip4, String ip6, String why) {
        refused(network, PLAIN.on(List.of(at(network, ip4, ip6, ""))), why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "02:42",
                "02:42:00:00:00:0g",
                "02-42-00-00-00-01",
                "02:42:00:00:00:01:02",
                "02:42:00:00:00:01 up",
                "01:00:5e:00:00:01",
                "ff:ff:ff:ff:ff:ff",
                "00:00:00:00:00:00",
            })
    void anAddressThatNoDeviceCanHaveIsRefused(String mac) {
        refused("own", PLAIN.on(List.of(at("own", "", "", mac))), "invalid MAC address");
    }

    @Test
    void aliasesAreForNetworksThatSomebodyMade() {
        assertThat(complete("own", PLAIN.on(List.of(named("own", "web_1.x")))).network())
                .isNotNull();
        refused("bridge", PLAIN.on(List.of(named("bridge", "web"))), "user defined networks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\n1.2.3.4 bank", "-a", "a.", "ä", "a/b"})
    void aNameThatIsNoHostsIsRefused(String name) {
        refused("own", PLAIN.on(List.of(named("own", name))), "no name of a host");
        refused("own", PLAIN.on(List.of(linked("other", name))), "no name of a host");
    }

    @Test
    void onTheDefaultNetworkALinkIsToAContainerThatIsThere() {
        for (var name : List.of("there", "gone")) {
            var links = Map.of(name, "db");
            var asked = new NetworkSpec.Attachment("bridge", List.of(), links, "", "", "", 0);
            if (name.equals("there")) {
                complete("", PLAIN.on(List.of(asked)));
            } else {
                refused("", PLAIN.on(List.of(asked)), "could not get container for gone");
            }
        }
    }

    // --- ports -----------------------------------------------------------------------------------

    @Test
    void exposedPortsAreTheImagesThoseAskedForAndThoseBound() {
        var asked =
                spec(
                        List.of(binding("", 8080, 0, 0)),
                        List.of("53/udp", "80/TCP", "81"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of());
        assertThat(complete("", asked, "80", "443/TCP").network().exposed())
                .containsExactly("80/tcp", "443/tcp", "53/udp", "81/tcp", "8080/tcp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "65536", "-1", "80/", "80/icmp", "http", "80-90", "99999999999"})
    void anExposedPortThatIsNoneIsRefused(String text) {
        refused(
                "",
                spec(List.of(), List.of(text), List.of(), List.of(), List.of(), List.of()),
                "invalid p");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "65536, 0, 0", "80, -1, 0", "80, 65536, 0", "80, 1, 65536"})
    void aBindingOfNoPortIsRefused(int port, int first, int last) {
        refused("", bound(binding("", port, first, last)), "invalid port");
    }

    @Test
    void aBindingIsAtAnAddress() {
        complete("", bound(binding("127.0.0.1", 80, 0, 0)));
        complete("", bound(binding("[::1]", 80, 0, 0)));
        refused("", bound(binding("localhost", 80, 0, 0)), "invalid IP address of a port");
    }

    @Test
    void oneContainerHas1024OfThemAtMost() {
        var many = Collections.nCopies(1025, binding("", 80, 0, 0));
        refused(
                "",
                spec(many, List.of(), List.of(), List.of(), List.of(), List.of()),
                "more than 1024");
        var networks = Collections.nCopies(1025, NetworkSpec.Attachment.to("own"));
        refused("", PLAIN.on(networks), "more than 1024");
    }

    // --- DNS and hosts ---------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.11",
                "::1",
                "::ffff:127.0.0.1",
                "0.0.0.0",
                "::",
                "224.0.0.251",
                "255.255.255.255",
                "dns.example.com",
                "",
            })
    void aServerThatCannotBeAskedIsRefused(String server) {
        refused(
                "",
                spec(List.of(), List.of(), List.of(server), List.of(), List.of(), List.of()),
                "DNS server");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nnameserver 6.6.6.6", "-x"})
    void aSearchDomainThatIsNoneIsRefused(String domain) {
        refused(
                "",
                spec(List.of(), List.of(), List.of(), List.of(domain), List.of(), List.of()),
                "no name of a host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ndots:", "ndots:x", "a b", "a\nb", "NDOTS:1"})
    void anOptionThatIsNoneIsRefused(String option) {
        refused(
                "",
                spec(List.of(), List.of(), List.of(), List.of(), List.of(option), List.of()),
                "invalid DNS option");
    }

    private static NetworkSpec host(String extra) {
        return spec(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(extra));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", ":1.1.1.1", "a:", "a:b", "a b:1.1.1.1", "a:1.1.1.1\nx"})
    void anExtraHostIsANameAndAnAddress(String extra) {
        assertThatThrownBy(() -> complete("", host(extra)))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void anExtraHostMayBeOfIpv6OrTheHost() {
        for (var each : List.of("a:1.1.1.1", "a:fd00::1", "a:[fd00::1]", "a:host-gateway")) {
            assertThat(complete("", host(each)).network().extraHosts()).containsExactly(each);
        }
    }
}
