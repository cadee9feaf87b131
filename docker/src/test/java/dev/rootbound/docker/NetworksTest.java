package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.Events;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Networks as they go over the wire. */
@Timeout(20)
class NetworksTest extends ServedEngine {
    private JsonNode ask(int status, String method, String path, String body) throws IOException {
        var answer = RawClient.ask(socket, method, path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        return answer.body().isEmpty() ? Json.object() : Json.parse(answer.body());
    }

    private String create(String json) throws IOException {
        return ask(201, "POST", "/networks/create", json).get("Id").stringValue();
    }

    private String run(String name, String fields) throws IOException {
        var body = "{\"Image\":\"box\",\"Cmd\":[\"sleep\"]" + fields + "}";
        var made = ask(201, "POST", "/containers/create?name=" + name, body);
        ask(204, "POST", "/containers/" + name + "/start", "");
        return made.get("Id").stringValue();
    }

    private void end(String name) throws IOException {
        ask(204, "DELETE", "/containers/" + name + "?force=1", "");
    }

    private static String filters(String json) {
        return "filters=" + URLEncoder.encode(json, StandardCharsets.UTF_8);
    }

    private String names(String filters) throws IOException {
        var names = new StringBuilder();
        ask(200, "GET", "/networks?" + filters(filters), "")
                .forEach(each -> names.append(each.get("Name").stringValue()).append(' '));
        return names.toString().strip();
    }

    @Test
    void aNetworkIsMadeAsItIsAskedFor() throws IOException {
        var id =
                create(
                        """
                        {"Name":"mine","CheckDuplicate":true,"Driver":"bridge","Internal":true,
                        "Attachable":true,"Ingress":false,"ConfigOnly":false,"ConfigFrom":null,
                        "Scope":"local","EnableIPv4":true,"EnableIPv6":true,"Options":{"o":"p"},
                        "Labels":{"a":"b"},"IPAM":{"Driver":"default","Options":{},"Config":[
                        {"Subnet":"172.30.0.0/16","IPRange":"172.30.5.0/24",
                        "Gateway":"172.30.0.1","AuxiliaryAddresses":{"r":"172.30.0.9"}}]}}
                        """);
        var making = engine.networks().made.getFirst();
        assertThat(making.driver()).isEqualTo("bridge");
        assertThat(making.subnets())
                .containsExactly(
                        new dev.rootbound.engine.Networks.Subnet(
                                "172.30.0.0/16",
                                "172.30.5.0/24",
                                "172.30.0.1",
                                Map.of("r", "172.30.0.9")));
        assertThat(making.internal() && making.attachable() && making.ipv6()).isTrue();
        assertThat(ask(200, "GET", "/networks/" + id.substring(0, 12), ""))
                .hasToString(
                        "{\"Name\":\"mine\",\"Id\":\""
                                + id
                                + "\",\"Created\":\"1970-01-01T00:00:00Z\",\"Scope\":\"local\","
                                + "\"Driver\":\"bridge\",\"EnableIPv4\":true,\"EnableIPv6\":true,"
                                + "\"IPAM\":{\"Driver\":\"default\",\"Options\":{},\"Config\":["
                                + "{\"Subnet\":\"172.30.0.0/16\",\"Gateway\":\"172.30.0.1\"},"
                                + "{\"Subnet\":\"fd00:1::/64\",\"Gateway\":\"fd00:1::1\"}]},"
                                + "\"Internal\":true,\"Attachable\":true,\"Ingress\":false,"
                                + "\"ConfigFrom\":{\"Network\":\"\"},\"ConfigOnly\":false,"
                                + "\"Containers\":{},\"Options\":{\"o\":\"p\"},"
                                + "\"Labels\":{\"a\":\"b\"}}");
        ask(409, "POST", "/networks/create", "{\"Name\":\"mine\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    400 | {}                                     | Name: the name
                    400 | []                                     | must be a JSON object
                    400 | {                                      | malformed
                    400 | {"Name":7}                             | Name must be a string
                    400 | {"Name":"a","Driver":[]}               | Driver must be a string
                    400 | {"Name":"a","Internal":"yes"}          | Internal must be true or false
                    400 | {"Name":"a","IPAM":[]}                 | IPAM must be a JSON object
                    400 | {"Name":"a","IPAM":{"Config":{}}}      | IPAM.Config must be an array
                    400 | {"Name":"a","IPAM":{"Config":["x"]}}   | IPAM.Config[0] must be a JSON
                    400 | {"Name":"a","IPAM":{"Config":[{"Subnet":1}]}} | Config[0].Subnet must be
                    400 | {"Name":"a","Labels":{"x":1}}          | Labels.x must be a string
                    501 | {"Name":"a","IPAM":{"Driver":"dhcp"}}  | IPAM.Driver: dhcp
                    501 | {"Name":"a","IPAM":{"Options":{"a":"b"}}} | IPAM.Options
                    501 | {"Name":"a","Ingress":true}            | Ingress: it is a swarm's
                    501 | {"Name":"a","Scope":"swarm"}           | Scope: swarm
                    501 | {"Name":"a","ConfigOnly":true}         | ConfigOnly
                    501 | {"Name":"a","ConfigFrom":{"Network":"b"}} | ConfigFrom
                    501 | {"Name":"a","EnableIPv4":false}        | EnableIPv4: each network has
                    """)
    void aNetworkThatCannotBeGivenIsRefused(int status, String body, String why)
            throws IOException {
        assertThat(ask(status, "POST", "/networks/create", body).get("message").stringValue())
                .contains(why);
    }

    @Test
    void aBodyThatIsTooBigIsRefused() throws IOException {
        var body = "{\"Name\":\"" + "a".repeat(3 << 20) + "\"}";
        ask(413, "POST", "/networks/create", body);
    }

    @Test
    void listsFilter() throws IOException {
        var id = create("{\"Name\":\"mine\",\"Labels\":{\"a\":\"b\"}}");
        create("{\"Name\":\"idle\"}");
        run("c", ",\"HostConfig\":{\"NetworkMode\":\"mine\"}");
        assertThat(names("{}")).isEqualTo("idle mine bridge host none");
        assertThat(names("{\"driver\":[\"null\",\"host\"]}")).isEqualTo("host none");
        assertThat(names("{\"id\":[\"" + id.substring(0, 12) + "\"]}")).isEqualTo("mine");
        assertThat(names("{\"label\":[\"a=b\"]}")).isEqualTo("mine");
        assertThat(names("{\"name\":[\"^i\",\"ost\"]}")).isEqualTo("idle host");
        assertThat(names("{\"scope\":[\"swarm\"]}")).isEmpty();
        assertThat(names("{\"type\":[\"custom\"]}")).isEqualTo("idle mine");
        assertThat(names("{\"type\":[\"builtin\"]}")).isEqualTo("bridge host none");
        assertThat(names("{\"dangling\":[\"true\"]}")).isEqualTo("idle");
        assertThat(names("{\"dangling\":[\"0\"]}")).isEqualTo("mine bridge host none");
        for (var bad : new String[] {"{\"type\":[\"x\"]}", "{\"dangling\":[\"x\"]}", "{\"x\":[]}"})
            ask(400, "GET", "/networks?" + filters(bad), "");
        end("c");
    }

    @Test
    void thePredefinedNetworksAreDockers() throws IOException {
        var none = ask(200, "GET", "/networks/none?verbose=true&scope=local", "");
        assertThat(none.get("Driver").stringValue()).isEqualTo("null");
        assertThat(none.get("EnableIPv4").booleanValue()).isFalse();
        assertThat(none.at("/IPAM/Config").isNull()).isTrue();
        assertThat(ask(404, "GET", "/networks/nosuch", "").get("message").stringValue())
                .isEqualTo("network nosuch not found");
        ask(404, "GET", "/networks/none?scope=swarm", "");
        ask(403, "DELETE", "/networks/bridge", "");
        assertThat(ask(200, "GET", "/info", "").at("/Plugins/Network"))
                .hasToString("[\"bridge\",\"host\",\"null\"]");
    }

    @Test
    void aContainersEndpointsAreShown() throws IOException {
        create("{\"Name\":\"six\",\"EnableIPv6\":true}");
        var id =
                run(
                        "c",
                        """
                        ,"ExposedPorts":{"443/tcp":{}},"HostConfig":{"NetworkMode":"bridge",
                        "PortBindings":{"80/tcp":[{"HostPort":"8080"},{"HostIp":"::1"}]}},
                        "NetworkingConfig":{"EndpointsConfig":{"bridge":{},"six":{
                        "Aliases":["a"],"Links":["b:d"],"GwPriority":3,
                        "IPAMConfig":{"IPv4Address":"172.18.0.2"}}}}
                        """);
        var settings = ask(200, "GET", "/containers/c/json", "").get("NetworkSettings");
        assertThat(settings.get("SandboxKey").stringValue()).isEqualTo("/proc/4711/ns/net");
        assertThat(settings.get("Ports"))
                .hasToString(
                        "{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"8080\"},"
                                + "{\"HostIp\":\"::1\",\"HostPort\":\"32768\"}],\"443/tcp\":null}");
        assertThat(settings.get("IPAddress").stringValue()).isEqualTo("172.17.0.2");
        assertThat(settings.get("IPPrefixLen").intValue()).isEqualTo(16);
        assertThat(settings.get("Gateway").stringValue()).isEqualTo("172.17.0.1");
        assertThat(settings.at("/Networks/bridge/DNSNames").isNull()).isTrue();
        var six = ask(200, "GET", "/networks/six", "");
        assertThat(settings.at("/Networks/six"))
                .hasToString(
                        "{\"IPAMConfig\":{\"IPv4Address\":\"172.18.0.2\"},\"Links\":[\"b:d\"],"
                                + "\"Aliases\":[\"a\"],\"MacAddress\":\"02:42:ac:11:00:02\","
                                + "\"DriverOpts\":null,\"GwPriority\":3,\"NetworkID\":"
                                + six.get("Id")
                                + ",\"EndpointID\":\""
                                + "e".repeat(64)
                                + "\",\"Gateway\":\"172.18.0.1\",\"IPAddress\":\"172.18.0.2\","
                                + "\"IPPrefixLen\":16,\"IPv6Gateway\":\"fd00:1::1\","
                                + "\"GlobalIPv6Address\":\"fd00:1::2\",\"GlobalIPv6PrefixLen\":64,"
                                + "\"DNSNames\":[\"c\",\"a\"]}");
        assertThat(six.get("Containers"))
                .hasToString(
                        "{\""
                                + id
                                + "\":{\"Name\":\"c\",\"EndpointID\":\""
                                + "e".repeat(64)
                                + "\",\"MacAddress\":\"02:42:ac:11:00:02\",\"IPv4Address\":"
                                + "\"172.18.0.2/16\",\"IPv6Address\":\"fd00:1::2/64\"}}");
        end("c");
    }

    @Test
    void aContainerThatDoesNotRunHasItsNetworksOnly() throws IOException {
        ask(
                201,
                "POST",
                "/containers/create?name=c",
                "{\"Image\":\"box\",\"ExposedPorts\":{\"80/tcp\":{}}}");
        var settings = ask(200, "GET", "/containers/c/json", "").get("NetworkSettings");
        assertThat(settings.get("Ports")).hasToString("{}");
        assertThat(settings.get("SandboxKey").stringValue()).isEmpty();
        assertThat(settings.at("/Networks/bridge/IPAddress").stringValue()).isEmpty();
        assertThat(settings.at("/Networks/bridge/NetworkID").stringValue()).hasSize(64);
    }

    @Test
    void aListShowsPortsAndFindsThem() throws IOException {
        create("{\"Name\":\"mine\"}");
        run(
                "c",
                """
                ,"ExposedPorts":{"443/tcp":{},"53/udp":{}},"HostConfig":{"NetworkMode":"mine",
                "PortBindings":{"80/tcp":[{"HostPort":"8080"}]}}
                """);
        var listed = ask(200, "GET", "/containers/json", "").get(0);
        assertThat(listed.get("Ports"))
                .hasToString(
                        "[{\"PrivatePort\":53,\"Type\":\"udp\"},{\"PrivatePort\":443,\"Type\":\"tcp\"},"
                                + "{\"IP\":\"0.0.0.0\",\"PrivatePort\":80,\"PublicPort\":8080,"
                                + "\"Type\":\"tcp\"}]");
        assertThat(listed.at("/NetworkSettings/Networks/mine/IPAddress").stringValue())
                .isEqualTo("172.18.0.2");
        assertThat(ask(200, "GET", "/system/df", "").at("/Containers/0/Ports")).hasSize(3);
        var id = ask(200, "GET", "/networks/mine", "").get("Id").stringValue();
        for (var found :
                new String[] {
                    "\"network\":[\"mine\"]",
                    "\"network\":[\"" + id.substring(0, 8) + "\"]",
                    "\"publish\":[\"8080\"]",
                    "\"publish\":[\"8000-8100/tcp\"]",
                    "\"expose\":[\"53/udp\"]",
                    "\"expose\":[\"80\"],\"publish\":[\"1\"]"
                }) {
            assertThat(list(200, found)).as(found).hasSize(1);
        }
        for (var none :
                new String[] {
                    "\"network\":[\"bridge\"]",
                    "\"publish\":[\"80\"]",
                    "\"publish\":[\"8080/udp\"]",
                    "\"expose\":[\"53\"]"
                }) {
            assertThat(list(200, none)).as(none).isEmpty();
        }
        for (var bad : new String[] {"80:80", "x", "80-70", "80/x", "65536", ""}) {
            list(400, "\"publish\":[\"" + bad + "\"]");
        }
        end("c");
    }

    private JsonNode list(int status, String filter) throws IOException {
        return ask(status, "GET", "/containers/json?" + filters("{" + filter + "}"), "");
    }

    @Test
    void aContainerIsConnectedAndDisconnected() throws IOException {
        create("{\"Name\":\"mine\"}");
        run("c", "");
        var connect =
                "{\"Container\":\"c\",\"EndpointConfig\":{\"Aliases\":[\"x\"],\"GwPriority\":5}}";
        ask(200, "POST", "/networks/mine/connect", connect);
        var networks = ask(200, "GET", "/containers/c/json", "").at("/NetworkSettings/Networks");
        assertThat(networks.at("/mine/Aliases")).hasToString("[\"x\"]");
        assertThat(networks.at("/mine/GwPriority").intValue()).isEqualTo(5);
        ask(403, "POST", "/networks/mine/connect", connect);
        ask(403, "DELETE", "/networks/mine", "");
        ask(200, "POST", "/networks/mine/disconnect", "{\"Container\":\"c\",\"Force\":true}");
        assertThat(engine.networks().asked).containsExactly("disconnect c mine true");
        ask(403, "POST", "/networks/mine/disconnect", "{\"Container\":\"c\"}");
        ask(204, "DELETE", "/networks/mine", "");
        ask(404, "DELETE", "/networks/mine", "");
        end("c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    400 | connect    | {}                                     | Container: the name
                    400 | connect    | {"Container":7}                        | Container must be
                    400 | connect    | {"Container":"c","EndpointConfig":[]}  | EndpointConfig must
                    400 | connect    | {"Container":"c","EndpointConfig":{"MacAddress":"x"}} | MAC
                    501 | connect    | {"Container":"c","EndpointConfig":{"DriverOpts":{"a":"b"}}} | Opts
                    404 | connect    | {"Container":"nosuch"}                 | No such container
                    400 | disconnect | {}                                     | Container: the name
                    400 | disconnect | {"Container":"c","Force":"yes"}        | Force must be true
                    """)
    void aConnectionThatIsNoneIsRefused(int status, String verb, String body, String why)
            throws IOException {
        assertThat(ask(status, "POST", "/networks/bridge/" + verb, body).get("message").toString())
                .contains(why);
    }

    @Test
    void aPruneFilters() throws IOException {
        create("{\"Name\":\"one\",\"Labels\":{\"keep\":\"\"}}");
        create("{\"Name\":\"two\"}");
        var prune = "/networks/prune?";
        assertThat(ask(200, "POST", prune + filters("{\"label!\":[\"keep\"]}"), ""))
                .hasToString("{\"NetworksDeleted\":[\"two\"]}");
        assertThat(ask(200, "POST", prune + filters("{\"label\":[\"x\"]}"), ""))
                .hasToString("{\"NetworksDeleted\":null}");
        assertThat(ask(200, "POST", prune + filters("{\"until\":[\"1h\"]}"), ""))
                .hasToString("{\"NetworksDeleted\":[\"one\"]}");
        ask(400, "POST", prune + filters("{\"dangling\":[\"1\"]}"), "");
    }

    @Test
    void eventsOfNetworksAreFound() throws IOException {
        engine.events.past.add(
                new Events.Event(
                        Events.Type.NETWORK,
                        "connect",
                        "abc",
                        Map.of("container", "c", "name", "mine", "type", "bridge"),
                        Instant.ofEpochSecond(12)));
        for (var filter : new String[] {"\"type\":[\"network\"]", "\"network\":[\"mine\"]"}) {
            var path = "/events?since=0&until=13&" + filters("{" + filter + "}");
            assertThat(ask(200, "GET", path, ""))
                    .hasToString(
                            "{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{\"ID\":\"abc\","
                                    + "\"Attributes\":{\"container\":\"c\",\"name\":\"mine\","
                                    + "\"type\":\"bridge\"}},\"scope\":\"local\",\"time\":12,"
                                    + "\"timeNano\":12000000000}");
        }
    }
}
