package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.network.Addresses;
import dev.rootbound.network.Protocol;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaysTest {
    private static final Network DUAL =
            TestNetworks.of('a', "dual", "172.19.0.0/29", "fd00:1::/64");

    private final Stays stays = new Stays();

    private static NetworkSpec.Attachment asked(String ip4, String ip6) {
        return new NetworkSpec.Attachment(DUAL.id(), List.of(), Map.of(), ip4, ip6, "", 0);
    }

    private Stays.Pair take(String ip4, String ip6) {
        return stays.take(DUAL, asked(ip4, ip6));
    }

    private static Stays.Pair pair(String ip4, String ip6) {
        return new Stays.Pair(Addresses.parse(ip4), Addresses.parse(ip6));
    }

    @Test
    void anAddressOfEachFamilyIsTaken() {
        assertThat(take("", "")).isEqualTo(pair("172.19.0.2", "fd00:1::2"));
        assertThat(take("172.19.0.6", "")).isEqualTo(pair("172.19.0.6", "fd00:1::3"));
    }

    @Test
    void ifOneOfThemIsTakenTheOtherComesFree() {
        take("", "fd00:1::9");
        assertThatThrownBy(() -> take("", "fd00:1::9"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("Address already in use: fd00:1::9");
        assertThat(take("", "").ip4()).isEqualTo(Addresses.parse("172.19.0.3"));
    }

    @Test
    void oneThatNoContainerCanHaveIsInvalid() {
        for (var text : List.of("172.19.0.0", "172.19.0.7", "172.20.0.1", "nonsense")) {
            assertThatThrownBy(() -> take(text, "")).isInstanceOf(EngineException.Invalid.class);
        }
    }

    @Test
    void whenAllAreTakenThatIsTold() {
        for (int i = 0; i < 5; i++) take("", "");
        assertThatThrownBy(() -> take("", ""))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("no available addresses in 172.19.0.0/29");
        stays.give(TestNetworks.plugged(DUAL, "172.19.0.4", "fd00:1::4"));
        assertThat(take("", "")).isEqualTo(pair("172.19.0.4", "fd00:1::4"));
    }

    @Test
    void reservedOnesAreNobodys() {
        var plain = DUAL.subnets().getFirst();
        var reserved = Map.of("router", Addresses.parse("172.19.0.2"));
        var subnet = new Network.Subnet(plain.cidr(), null, plain.gateway(), reserved);
        var network =
                new Network(
                        DUAL.id(),
                        DUAL.name(),
                        DUAL.tenant(),
                        DUAL.created(),
                        DUAL.driver(),
                        List.of(subnet),
                        false,
                        false,
                        Map.of(),
                        Map.of());
        assertThat(stays.take(network, NetworkSpec.Attachment.to(DUAL.id())).ip4())
                .isEqualTo(Addresses.parse("172.19.0.3"));
        assertThatThrownBy(() -> stays.take(network, asked("172.19.0.2", "")))
                .isInstanceOf(EngineException.Denied.class);
    }

    private Stay stay(Stay.Plugged... plugs) {
        var spec = TestSpec.of("true").build();
        var stay = new Stay(TestContainers.of(TestNetworks.id('1'), "web", 1000, spec));
        stay.plugs.addAll(List.of(plugs));
        return stay;
    }

    @Test
    void whatAContainerHadIsTakenAgain() {
        stays.takeAgain(TestNetworks.plugged(DUAL, "172.19.0.2"));
        assertThat(take("", "").ip4()).isEqualTo(Addresses.parse("172.19.0.3"));
    }

    @Test
    void whoIsOnANetworkIsKnownUntilItIsRemoved() {
        var stay = stay(TestNetworks.plugged(DUAL, "172.19.0.2"));
        stays.add(stay);
        assertThat(stays.on(DUAL)).containsExactly(stay);
        assertThat(stays.on(TestNetworks.of('b', "other", "10.0.0.0/8"))).isEmpty();
        stays.remove(stay(TestNetworks.plugged(DUAL, "172.19.0.2")));
        assertThat(stays.of(stay.container)).as("a later one's").contains(stay);
        stays.remove(stay);
        assertThat(stays.all()).isEmpty();
    }

    @Test
    void portsLeadToTheAddressOfTheirFamilyWhereItIsReachedFromOutside() {
        var at = TestNetworks.plugged(DUAL, "172.19.0.2");
        var stay = stay(at);
        for (var host : List.of("0.0.0.0", "::")) {
            var open = new Networks.OpenPort(80, Protocol.TCP, Addresses.parse(host), 8080);
            stay.ports.add(new Stay.Published(open, Optional.empty()));
        }
        assertThat(stay.rules()).as("nowhere").isEmpty();
        stay.plugs.set(0, outward(at));
        assertThat(stay.rules())
                .containsExactly(
                        new dev.rootbound.network.Port(
                                Protocol.TCP,
                                Addresses.parse("0.0.0.0"),
                                8080,
                                Addresses.parse("172.19.0.2"),
                                80));
    }

    private static Stay.Plugged outward(Stay.Plugged at) {
        var plug = at.plug();
        return new Stay.Plugged(
                at.id(),
                at.network(),
                new dev.rootbound.network.Links.Plug(
                        plug.device(), plug.outside(), plug.mac(), plug.ip4(), plug.ip6(), true));
    }

    @Test
    void theFileHoldsAllOfIt(@TempDir Path directory) throws Exception {
        var bundle = new Bundle("web", directory);
        assertThat(StayFile.read(bundle)).isEqualTo(new StayFile.Content(List.of(), List.of()));
        var at = outward(TestNetworks.plugged(DUAL, "172.19.0.2"));
        var stay = stay(at);
        var open = new Networks.OpenPort(80, Protocol.UDP, Addresses.parse("::1"), 8080);
        stay.ports.add(new Stay.Published(open, Optional.empty()));
        StayFile.write(bundle, stay);
        var content = StayFile.read(bundle);
        assertThat(content.ends().getFirst().on(DUAL)).isEqualTo(at);
        assertThat(content.ports().getFirst().open()).isEqualTo(open);
        Files.writeString(directory.resolve("networks.json"), "{\"ends\": [");
        assertThatThrownBy(() -> StayFile.read(bundle))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged");
    }
}
