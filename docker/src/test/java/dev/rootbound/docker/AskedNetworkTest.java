package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.NetworkSpec;
import dev.rootbound.engine.NetworkSpec.Attachment;
import dev.rootbound.engine.NetworkSpec.Binding;
import dev.rootbound.network.Protocol;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedNetworkTest {
    private static ContainerSpec spec(String fields) {
        return CreateContainer.parse("{\"Image\":\"box\"" + fields + "}", "").toSpec();
    }

    private static String mode(String mode, String endpoints) {
        return ",\"HostConfig\":{\"NetworkMode\":\""
                + mode
                + "\"},\"NetworkingConfig\":{\"EndpointsConfig\":{"
                + endpoints
                + "}}";
    }

    private static List<Binding> bindings(String json) {
        return spec(",\"HostConfig\":{\"PortBindings\":{" + json + "}}").network().bindings();
    }

    @Test
    void whatTheCliSendsByDefaultIsTheDefaultNetwork() {
        var spec = CreateContainer.parse(CliRequest.PLAIN_RUN, "").toSpec();
        assertThat(spec.network()).isEqualTo(NetworkSpec.PLAIN);
        assertThat(spec.isolation().networkMode()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    -           |
                    default     |
                    bridge      |
                    none        | none
                    host        | host
                    container:a | container:a
                    mine        | mine
                    """)
    void aModeKeepsDockersWord(String asked, String mode) {
        var spec = spec(mode(asked == null ? "" : asked, ""));
        assertThat(spec.isolation().networkMode()).isEqualTo(mode == null ? "" : mode);
        assertThat(spec.network()).isEqualTo(NetworkSpec.PLAIN);
    }

    @Test
    void theModesNetworkIsTheFirstWithWhatIsSaidOfIt() {
        var spec =
                spec(
                        mode(
                                "mine",
                                """
                                "a":null,"mine":{"Aliases":["x","x"],"Links":["db:sql","c"],
                                "MacAddress":"02-42-AC-11-00-09","GwPriority":-7,
                                "IPAMConfig":{"IPv4Address":"10.0.0.5","IPv6Address":"FD00:0::5"},
                                "NetworkID":"n","EndpointID":"e","IPAddress":"1.2.3.4",
                                "DNSNames":["q"],"DriverOpts":{}},"z":{}
                                """));
        var mine =
                new Attachment(
                        "mine",
                        List.of("x"),
                        Map.of("db", "sql", "c", "c"),
                        "10.0.0.5",
                        "fd00::5",
                        "02:42:ac:11:00:09",
                        -7);
        assertThat(spec.network().attachments())
                .containsExactly(mine, Attachment.to("a"), Attachment.to("z"));
        assertThat(spec.isolation().networkMode()).isEqualTo("mine");
    }

    @Test
    void theDefaultNetworkHasTwoNames() {
        var spec = spec(mode("", "\"default\":{\"GwPriority\":1},\"other\":{}"));
        assertThat(spec.isolation().networkMode()).isEmpty();
        assertThat(spec.network().attachments())
                .containsExactly(
                        new Attachment("bridge", List.of(), Map.of(), "", "", "", 1),
                        Attachment.to("other"));
    }

    @Test
    void endpointsAloneAreInPlaceOfTheDefaultNetwork() {
        var spec = spec(mode("default", "\"mine\":{},\"other\":{}"));
        assertThat(spec.isolation().networkMode()).isEqualTo("mine");
        assertThat(spec.network().attachments())
                .containsExactly(Attachment.to("mine"), Attachment.to("other"));
    }

    @Test
    void theOldFieldsAreOfTheModesNetwork() {
        var spec =
                spec(
                        ",\"MacAddress\":\"02:00:00:00:00:01\",\"HostConfig\":{\"NetworkMode\":"
                                + "\"mine\",\"Links\":[\"db:sql\",\"/c:/me/alias\"]}");
        assertThat(spec.network().attachments())
                .containsExactly(
                        new Attachment(
                                "mine",
                                List.of(),
                                Map.of("db", "sql", "c", "alias"),
                                "",
                                "",
                                "02:00:00:00:00:01",
                                0));
    }

    @Test
    void aNetworkThatIsDisabledIsNone() {
        var disabled = spec(mode("mine", "\"mine\":{}") + ",\"NetworkDisabled\":true");
        assertThat(disabled.isolation().networkMode()).isEqualTo("none");
        assertThat(disabled.network().attachments()).isEmpty();
    }

    @Test
    void portsAreBound() {
        assertThat(
                        bindings(
                                """
                                "80/tcp":[{"HostPort":"8080"},{"HostIp":"::1","HostPort":""}],
                                "53/UDP":[{"HostIp":"127.0.0.1","HostPort":"8000-8010"}],"9":null,
                                "7/sctp":[{"HostPort":"0"}]
                                """))
                .containsExactlyInAnyOrder(
                        new Binding(80, Protocol.TCP, "", 8080, 8080),
                        new Binding(80, Protocol.TCP, "::1", 0, 0),
                        new Binding(53, Protocol.UDP, "127.0.0.1", 8000, 8010),
                        new Binding(7, Protocol.SCTP, "", 0, 0));
    }

    @Test
    void portsAreExposedAndNamesTold() {
        var network =
                spec(",\"ExposedPorts\":{\"80\":{},\"53/udp\":null},\"HostConfig\":{"
                                + "\"PortBindings\":{\"81/tcp\":[]},\"PublishAllPorts\":true,"
                                + "\"Dns\":[\"1.1.1.1\",\"FE80::1\"],\"DnsSearch\":[\"a.b\"],"
                                + "\"DnsOptions\":[\"ndots:1\"],\"ExtraHosts\":[\"h:1.2.3.4\","
                                + "\"six:[::1]\",\"v6:::2\",\"up:host-gateway\"]}")
                        .network();
        assertThat(network)
                .isEqualTo(
                        new NetworkSpec(
                                List.of(),
                                List.of(),
                                List.of("53/udp", "80/tcp"),
                                true,
                                List.of("1.1.1.1", "fe80::1"),
                                List.of("a.b"),
                                List.of("ndots:1"),
                                List.of("h:1.2.3.4", "six:::1", "v6:::2", "up:host-gateway")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    "0/tcp":[]                        | invalid port specification
                    "65536/tcp":[]                    | invalid port specification
                    "80-81/tcp":[]                    | invalid port specification
                    "http":[]                         | invalid port specification
                    "-1":[]                           | invalid port specification
                    "":[]                             | invalid port specification
                    "80/icmp":[]                      | invalid proto: 'icmp'
                    "80/":[]                          | invalid proto
                    "80/tcp/tcp":[]                   | invalid proto
                    "80/tcp":{}                       | must be an array of objects
                    "80/tcp":["8080"]                 | must be a JSON object
                    "80/tcp":[{"HostPort":8080}]      | HostPort must be a string
                    "80/tcp":[{"HostPort":"65536"}]   | "65536": ports are 1 to 65535
                    "80/tcp":[{"HostPort":"99999999999"}] | ports are 1 to 65535
                    "80/tcp":[{"HostPort":"80-79"}]   | "80-79"
                    "80/tcp":[{"HostPort":"80-"}]     | "80-"
                    "80/tcp":[{"HostPort":" 80"}]     | " 80"
                    "80/tcp":[{"HostPort":"80/tcp"}]  | "80/tcp"
                    "80/tcp":[{"HostIp":"localhost"}] | 'localhost' is not an IP address
                    "80/tcp":[{"HostIp":"127.1"}]     | '127.1' is not an IP address
                    """)
    void aPortThatIsNoneIsRefused(String binding, String why) {
        var json = ",\"HostConfig\":{\"PortBindings\":{" + binding + "}}";
        isRefused(400, why, json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    mine | "mine":7                             | mine must be a JSON object
                    mine | "mine":{"Aliases":"a"}               | mine.Aliases must be an array
                    mine | "mine":{"Aliases":["a b"]}           | mine.Aliases: 'a b' is no name
                    mine | "mine":{"Aliases":[""]}              | mine.Aliases: '' is no name
                    mine | "mine":{"Links":["a:b:c"]}           | bad format for links: 'a:b:c'
                    mine | "mine":{"Links":[":b"]}              | bad format for links
                    mine | "mine":{"MacAddress":"02:42"}        | invalid MAC address: '02:42'
                    mine | "mine":{"GwPriority":99999999999}    | mine.GwPriority must be between
                    mine | "mine":{"IPAMConfig":{"IPv4Address":"::1"}}   | invalid IPv4 address: ::1
                    mine | "mine":{"IPAMConfig":{"IPv6Address":"1.2.3.4"}} | invalid IPv6 address
                    mine | "mine":{"IPAMConfig":{"IPv4Address":"1.2.3.4/8"}} | is not an IP address
                    mine | "host":{}                            | cannot attach both
                    host | "mine":{}                            | cannot attach both
                    none | "mine":{}                            | cannot attach both
                    host | "host":{"Aliases":["a"]}             | mode host has no endpoint to set
                    default | "bridge":{},"default":{}          | is given twice
                    """)
    void anEndpointThatIsNoneIsRefused(String mode, String endpoints, String why) {
        isRefused(400, why, mode(mode, endpoints));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    "DriverOpts":{"a":"b"}                      | DriverOpts: there are no options
                    "IPAMConfig":{"LinkLocalIPs":["169.254.1.1"]} | LinkLocalIPs: addresses beside
                    "Links":["a:x","a:y"]                       | a is linked as x and as y
                    """)
    void whatCannotBeGivenIsRefusedByName(String endpoint, String why) {
        isRefused(501, why, mode("mine", "\"mine\":{" + endpoint + "}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    container:a | "Links":["a"]                   | links
                    host        | "Links":["a"]                   | links
                    host        | "Dns":["one"]                   | 'one' is not an IP address
                    host        | "ExtraHosts":["a"]              | bad format for add-host: "a"
                    host        | "ExtraHosts":[":1.1.1.1"]       | bad format for add-host
                    host        | "ExtraHosts":["a b:1.1.1.1"]    | bad format for add-host
                    host        | "ExtraHosts":["a:b"]            | 'b' is not an IP address
                    """)
    void whatDoesNotGoTogetherIsRefused(String mode, String field, String why) {
        isRefused(400, why, ",\"HostConfig\":{\"NetworkMode\":\"" + mode + "\"," + field + "}");
    }

    @Test
    void twoMacAddressesOfOneEndpointAreRefused() {
        isRefused(
                400,
                "must match the endpoint-specific MAC address",
                mode("mine", "\"mine\":{\"MacAddress\":\"02:00:00:00:00:01\"}")
                        + ",\"MacAddress\":\"02:00:00:00:00:02\"");
        isRefused(400, "mac-address", mode("host", "") + ",\"MacAddress\":\"02:00:00:00:00:02\"");
    }

    private static void isRefused(int status, String why, String fields) {
        var refusal = catchThrowableOfType(ApiException.class, () -> spec(fields));
        assertThat(refusal).as("must be refused: " + fields).isNotNull();
        assertThat(refusal).hasMessageContaining(why);
        assertThat(refusal.status()).isEqualTo(status);
    }
}
