package dev.rootbound.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code --network} and the options that go with it. */
final class NetworkOptions {
    private final Arguments arguments;
    private final Json.Members endpoints = new Json.Members();
    private String mode = "";

    NetworkOptions(Arguments arguments) {
        this.arguments = arguments;
        var networks = new ArrayList<>(arguments.all("network"));
        networks.addAll(arguments.all("net"));
        if (networks.isEmpty()) networks.add("default");
        for (String network : networks) add(network, networks.size() > 1);
    }

    /** A name, or {@code name=N,alias=A,ip=…}. */
    private void add(String text, boolean several) {
        var endpoint = new Json.Members();
        var address = new Json.Members();
        List<String> aliases = new ArrayList<>();
        String name = text;
        boolean first = mode.isEmpty();
        if (text.startsWith("name=") || text.contains(",")) {
            name = "";
            for (String field : text.split(",", -1)) {
                int equals = field.indexOf('=');
                String value = field.substring(equals + 1);
                switch (equals < 0 ? "" : field.substring(0, equals)) {
                    case "name" -> name = value;
                    case "alias" -> aliases.add(value);
                    case "ip" -> address.with("IPv4Address", value);
                    case "ip6" -> address.with("IPv6Address", value);
                    case "mac-address" -> endpoint.with("MacAddress", value);
                    default -> throw arguments.invalid("network", text, "invalid field " + field);
                }
            }
        }
        if (first) {
            mode = name;
            aliases.addAll(arguments.all("network-alias"));
            address.with("IPv4Address", arguments.text("ip"))
                    .with("IPv6Address", arguments.text("ip6"));
            endpoint.with("MacAddress", arguments.text("mac-address"))
                    .with("Links", arguments.all("link"));
        }
        endpoint.with("Aliases", aliases);
        if (!address.map().isEmpty()) endpoint.with("IPAMConfig", address);
        if (!endpoint.map().isEmpty() || several) endpoints.with(name, endpoint);
    }

    void addTo(Json.Members host) {
        host.with("NetworkMode", mode)
                .with("PublishAllPorts", arguments.is("publish-all"))
                .with("Dns", arguments.all("dns"))
                .with("DnsOptions", arguments.all("dns-option"))
                .with("DnsSearch", arguments.all("dns-search"))
                .with("ExtraHosts", arguments.all("add-host"))
                .with("Links", arguments.all("link"));
    }

    Optional<Json> endpoints() {
        return endpoints.map().isEmpty() ? Optional.empty() : Optional.of(endpoints);
    }
}
