package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Network;
import dev.rootbound.engine.Networks.Connections;
import dev.rootbound.engine.Networks.OpenPort;
import dev.rootbound.network.Addresses;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a container has of networks, as Docker's inspect and list show it. */
final class ConnectionsJson {
    private ConnectionsJson() {}

    /** NetworkSettings of inspect. */
    static ObjectNode of(Container container, Connections connections) {
        var json = Json.object().put("Bridge", "");
        sandbox(json, container);
        json.set("Ports", ports(connections));
        json.put("HairpinMode", false).put("LinkLocalIPv6Address", "");
        json.put("LinkLocalIPv6PrefixLen", 0).putNull("SecondaryIPAddresses");
        json.putNull("SecondaryIPv6Addresses").put("EndpointID", "").put("Gateway", "");
        json.put("GlobalIPv6Address", "").put("GlobalIPv6PrefixLen", 0).put("IPAddress", "");
        json.put("IPPrefixLen", 0).put("IPv6Gateway", "").put("MacAddress", "");
        for (var endpoint : connections.endpoints()) {
            if (!endpoint.network().name().equals(Network.BRIDGE)) continue;
            json.put("EndpointID", endpoint.id()).put("MacAddress", endpoint.mac());
            NetworkJson.putAddresses(json, endpoint);
        }
        json.set("Networks", networks(connections));
        return json;
    }

    /** Its network namespace, by a path that is there as long as it runs. */
    private static void sandbox(ObjectNode json, Container container) {
        boolean own = !container.spec().isolation().networkMode().startsWith("container:");
        if (own && container.state() instanceof ContainerState.Running running) {
            json.put("SandboxID", container.id());
            json.put("SandboxKey", "/proc/" + running.pid() + "/ns/net");
            return;
        }
        json.put("SandboxID", "").put("SandboxKey", "");
    }

    static ObjectNode networks(Connections connections) {
        var json = Json.object();
        for (var endpoint : connections.endpoints()) {
            json.set(endpoint.network().name(), NetworkJson.endpoint(endpoint));
        }
        return json;
    }

    /** A port that leads nowhere is null. */
    private static ObjectNode ports(Connections connections) {
        var json = Json.object();
        for (var port : exposed(connections)) json.putNull(port.text());
        for (var open : connections.ports()) {
            var port = new AskedPorts.Port(open.port(), open.protocol()).text();
            var bindings = json.get(port) instanceof ArrayNode array ? array : json.putArray(port);
            bindings.addObject()
                    .put("HostIp", Addresses.text(open.hostAddress()))
                    .put("HostPort", Integer.toString(open.hostPort()));
        }
        return json;
    }

    /** Ports of the list: those that lead nowhere have a private side only. */
    static ArrayNode summary(Connections connections) {
        var json = JsonNodeFactory.instance.arrayNode();
        for (var port : exposed(connections)) {
            boolean leads = connections.ports().stream().anyMatch(open -> isOf(open, port));
            if (leads) continue;
            json.addObject().put("PrivatePort", port.number()).put("Type", port.protocol().text());
        }
        for (var open : connections.ports()) {
            json.addObject()
                    .put("IP", Addresses.text(open.hostAddress()))
                    .put("PrivatePort", open.port())
                    .put("PublicPort", open.hostPort())
                    .put("Type", open.protocol().text());
        }
        return json;
    }

    private static boolean isOf(OpenPort open, AskedPorts.Port port) {
        return open.port() == port.number() && open.protocol() == port.protocol();
    }

    /** Of a container that runs on a network of its own: elsewhere they say nothing. */
    static List<AskedPorts.Port> exposed(Connections connections) {
        boolean runs =
                connections.endpoints().stream()
                        .anyMatch(endpoint ->
                                endpoint.network().driver() == Network.Driver.BRIDGE
                                        && !endpoint.id().isEmpty());
        if (!runs) return List.of();
        return connections.exposed().stream()
                .map(AskedPorts::parse)
                .flatMap(Optional::stream)
                .distinct()
                .sorted(Comparator.comparingInt(AskedPorts.Port::number))
                .toList();
    }
}
