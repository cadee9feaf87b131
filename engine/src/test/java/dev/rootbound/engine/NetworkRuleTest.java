package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkRuleTest {
    private static final Caller USER = Caller.of(new Tenant(1000));
    private static final Caller ROOT = Caller.of(new Tenant(0));
    private static final String ID = "0123456789abcdef".repeat(4);

    private static List<Cidr> cidrs(String... texts) {
        return Stream.of(texts).map(Cidr::parse).toList();
    }

    private static NetworkRule rule() {
        return new NetworkRule(List.of(), List.of());
    }

    private static Network.Subnet of(Networks.Subnet asked) {
        boolean ipv6 = asked.cidr().contains(":");
        var subnets = rule().subnets(TestNetworks.making("n", List.of(asked), ipv6), ID);
        return ipv6 ? subnets.getLast() : subnets.getFirst();
    }

    private static Network.Subnet of(String cidr) {
        return of(TestNetworks.subnet(cidr));
    }

    // --- free ------------------------------------------------------------------------------------

    @Test
    void theFirstFreeBlockIsTaken() {
        var free = rule().free();
        assertThat(free.cidr()).hasToString("172.17.0.0/20");
        assertThat(free.gateway()).isEqualTo(Addresses.parse("172.17.0.1"));
    }

    @Test
    void whatANetworkOrTheHostHasIsSkipped() {
        var taken = cidrs("172.17.0.0/20", "172.17.32.8/30");
        var routes = cidrs("172.17.16.0/21", "172.18.0.0/15", "10.0.0.0/8", "fd00::/8");
        assertThat(new NetworkRule(taken, routes).free().cidr()).hasToString("172.17.48.0/20");
        assertThat(new NetworkRule(cidrs("172.17.0.0/16"), routes).free().cidr())
                .hasToString("172.20.0.0/20");
    }

    @Test
    void afterTheLargeBlocksComeSmallOnesAndThenNone() {
        var large = cidrs("172.16.0.0/12");
        assertThat(new NetworkRule(large, List.of()).free().cidr()).hasToString("192.168.0.0/24");
        var most = cidrs("172.16.0.0/12", "192.168.0.0/17", "192.168.128.0/18", "192.168.192.0/19");
        assertThat(new NetworkRule(List.of(), most).free().cidr()).hasToString("192.168.224.0/24");
        assertThatThrownBy(() -> new NetworkRule(large, cidrs("192.168.0.0/16")).free())
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("non-overlapping IPv4 address pool")
                .hasMessageContaining("network prune");
    }

    @Test
    void eachBlockIsGivenOnce() {
        var taken = new ArrayList<Cidr>();
        for (int i = 0; i < 15 * 16 + 256; i++) {
            var free = new NetworkRule(taken, List.of()).free().cidr();
            assertThat(taken).noneMatch(free::overlaps);
            taken.add(free);
        }
        assertThatThrownBy(() -> new NetworkRule(taken, List.of()).free())
                .isInstanceOf(EngineException.Failed.class);
    }

    // --- chosen ----------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.0/8",
                "127.5.0.0/24",
                "224.0.0.0/24",
                "240.0.0.0/24",
                "0.0.0.0/8",
                "ff00::/64",
                "::/96",
            })
    void blocksThatNoLinkHasAreNotEvenHostRoots(String cidr) {
        assertThatThrownBy(() -> of(cidr)).isInstanceOf(EngineException.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"172.30.0.0/31", "172.30.0.0/32", "0.0.0.0/0", "fd00::/127", "fc00::/7"})
    void aBlockTooSmallOrTooLargeIsRefused(String cidr) {
        assertThatThrownBy(() -> of(cidr))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("too large or too small");
    }

    @Test
    void anothersSubnetIsNotTakenByHostRootEither() {
        var rule = new NetworkRule(cidrs("172.30.0.0/20"), cidrs("172.31.0.0/16"));
        for (var cidr : List.of("172.30.0.0/16", "172.30.1.0/24")) {
            var asked = List.of(TestNetworks.subnet(cidr));
            assertThatThrownBy(() -> rule.subnets(TestNetworks.making("n", asked, false), ID))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("Pool overlaps with other one on this address space");
        }
        var asked = List.of(TestNetworks.subnet("172.31.9.0/24"));
        assertThatThrownBy(() -> rule.subnets(TestNetworks.making("n", asked, false), ID))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("a route to")
                .hasMessageContaining("172.31.0.0/16");
    }

    @Test
    void rangeGatewayAndReservedOnesAreInTheSubnet() {
        var reserved = Map.of("router", "172.30.5.7");
        var asked = new Networks.Subnet("172.30.9.9/16", "172.30.5.0/24", "172.30.0.254", reserved);
        var subnet = of(asked);
        assertThat(subnet.cidr()).hasToString("172.30.0.0/16");
        assertThat(subnet.range()).hasToString("172.30.5.0/24");
        assertThat(subnet.gateway()).isEqualTo(Addresses.parse("172.30.0.254"));
        assertThat(subnet.reserved()).containsValue(Addresses.parse("172.30.5.7"));
    }

    @ParameterizedTest
    @CsvSource({
        "172.31.0.0/24, '', ''",
        "172.0.0.0/8, '', ''",
        "fd00::/64, '', ''",
        "everything, '', ''",
        "'', 172.31.0.1, ''",
        "'', fd00::1, ''",
        "'', gateway, ''",
        "'', 172.30.0.0, ''",
        "'', 172.30.255.255, ''",
        "'', '', 10.0.0.1",
        "'', '', nothing",
    })
    void whatIsNotInTheSubnetIsRefused(String range, String gateway, String reserved) {
        Map<String, String> names = reserved.isEmpty() ? Map.of() : Map.of("a", reserved);
        var asked = new Networks.Subnet("172.30.0.0/16", range, gateway, names);
        assertThatThrownBy(() -> of(asked)).isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void aGatewayWithoutASubnetIsNotForgotten() {
        var asked = new Networks.Subnet("", "", "172.30.0.254", Map.of());
        assertThatThrownBy(() -> of(asked))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("subnet");
    }

    // --- families --------------------------------------------------------------------------------

    @Test
    void ofIpv6ThereIsAUniqueLocalBlock() {
        var subnets = rule().subnets(TestNetworks.making("n", List.of(), true), ID);
        assertThat(subnets).hasSize(2);
        assertThat(subnets.getLast().cidr()).hasToString("fd01:2345:6789::/64");
        assertThat(subnets.getLast().gateway()).isEqualTo(Addresses.parse("fd01:2345:6789::1"));
    }

    @Test
    void anIpv6SubnetNeedsIpv6() {
        var asked = List.of(TestNetworks.subnet("fd00:1::/64"));
        assertThatThrownBy(() -> rule().subnets(TestNetworks.making("n", asked, false), ID))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("--ipv6");
    }

    @Test
    void thereIsOneSubnetOfEachFamily() {
        for (var asked :
                List.of(
                        List.of("172.30.0.0/24", "172.30.1.0/24"),
                        List.of("fd00:1::/64", "fd00:2::/64"),
                        List.of("172.30.0.0/24", "172.30.1.0/24", "fd00:1::/64"))) {
            var subnets = asked.stream().map(TestNetworks::subnet).toList();
            boolean ipv6 = asked.toString().contains(":");
            assertThatThrownBy(() -> rule().subnets(TestNetworks.making("n", subnets, ipv6), ID))
                    .as(asked.toString())
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("one subnet of each family");
        }
    }

    // --- names, options, ports -------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "_a", "a b", "a/b", "../a", "a\n", "ä"})
    void aNameThatIsNoneIsRefused(String name) {
        assertThatThrownBy(() -> NetworkRule.checkName(name))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void aNameHas128CharactersAtMost() {
        NetworkRule.checkName("a".repeat(128));
        assertThatThrownBy(() -> NetworkRule.checkName("a".repeat(129)))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void aDriverThatIsNotThereIsRefused() {
        NetworkRule.checkDriver("");
        NetworkRule.checkDriver("bridge");
        for (var driver : List.of("macvlan", "ipvlan")) {
            assertThatThrownBy(() -> NetworkRule.checkDriver(driver))
                    .isInstanceOf(EngineException.NotImplemented.class)
                    .hasMessageContaining("network driver " + driver + " is not built yet")
                    .hasMessageContaining("publish ports");
        }
        assertThatThrownBy(() -> NetworkRule.checkDriver("overlay"))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("there is only bridge");
    }

    @Test
    void theBridgesNameIsHostRootsToChoose() {
        var options = Map.of("com.docker.network.bridge.name", "br-mine");
        assertThat(NetworkRule.options(ROOT, options).bridge()).isEqualTo("br-mine");
        assertThatThrownBy(() -> NetworkRule.options(USER, options))
                .isInstanceOf(EngineException.Denied.class);
    }
}
