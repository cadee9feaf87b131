package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import dev.rootbound.oci.MalformedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFileTest {
    private static final String ID = TestNetworks.id('a');

    private static final Network WHOLE =
            new Network(
                    ID,
                    "my-net",
                    new Tenant(1000),
                    TestNetworks.NOW,
                    Network.Driver.BRIDGE,
                    List.of(
                            new Network.Subnet(
                                    Cidr.parse("172.30.0.0/16"),
                                    Cidr.parse("172.30.5.0/24"),
                                    Addresses.parse("172.30.0.254"),
                                    Map.of("router", Addresses.parse("172.30.5.7"))),
                            new Network.Subnet(
                                    Cidr.parse("fd00:1::/64"),
                                    null,
                                    Addresses.parse("fd00:1::1"),
                                    Map.of())),
                    true,
                    true,
                    Map.of("com.docker.network.driver.mtu", "1400"),
                    Map.of("a", "b\n\"c"));

    private static String json() {
        return new String(NetworkFile.write(WHOLE), UTF_8);
    }

    private static Network parse(String json) throws MalformedException {
        return NetworkFile.parse(ID, json.getBytes(UTF_8));
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        assertThat(parse(json())).isEqualTo(WHOLE);
        var plain = TestNetworks.of('a', "plain", "172.31.0.0/20");
        assertThat(NetworkFile.parse(ID, NetworkFile.write(plain))).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\":1 | \"format\":2",
                "\"my-net\" | 7",
                "\"tenant\":1000 | \"tenant\":-1",
                "2026-11-22T01:02:03 | yesterday",
                "172.30.0.0/16 | 172.30.0.0/99",
                "172.30.5.0/24 | x",
                "172.30.0.254 | 172.30.0.1000",
                "172.30.5.7 | host",
                "driver.mtu | driver.mut",
                "\"1400\" | \"many\"",
                "172.30.0.254 | 10.0.0.1",
            })
    void aDamagedRecordIsRefused(String there, String damage) throws Exception {
        var json = json().replaceAll("\\s*:\\s*(?=[\"0-9\\[{tf])", ":");
        assertThat(parse(json)).isEqualTo(WHOLE);
        assertThat(json).contains(there);
        assertThatThrownBy(() -> parse(json.replace(there, damage)))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"format\":1}"})
    void whatIsNoRecordIsRefused(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "../../x"})
    void anIdThatIsNoneIsRefused(String id) {
        assertThatThrownBy(() -> NetworkFile.parse(id, json().getBytes(UTF_8)))
                .isInstanceOf(MalformedException.class);
    }
}
