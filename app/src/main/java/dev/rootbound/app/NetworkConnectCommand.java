package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound network connect}. */
final class NetworkConnectCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "network connect [OPTIONS] NETWORK CONTAINER",
                        "Connect a container to a network")
                .value("alias", "list", "Add network-scoped alias for the container")
                .value("driver-opt", "list", "driver options for the network")
                .value("gw-priority", "int", "Highest gw-priority provides the default gateway")
                .value("ip", "string", "IPv4 address (e.g., \"172.30.100.104\")")
                .value("ip6", "string", "IPv6 address (e.g., \"2001:db8::33\")")
                .value("link", "list", "Add link to another container")
                .value("link-local-ip", "list", "Add a link-local address for the container")
                .arguments(2, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var endpoint = new EndpointOptions(arguments.rest().getFirst());
        endpoint.aliases.addAll(arguments.all("alias"));
        endpoint.links.addAll(arguments.all("link"));
        endpoint.linkLocal.addAll(arguments.all("link-local-ip"));
        for (String option : arguments.all("driver-opt")) {
            try {
                endpoint.driverOption(option);
            } catch (IllegalArgumentException e) {
                throw new CliException(1, String.valueOf(e.getMessage()));
            }
        }
        endpoint.ip4 = arguments.text("ip");
        endpoint.ip6 = arguments.text("ip6");
        endpoint.gatewayPriority = arguments.number("gw-priority");
        var request = new Json.Members().with("Container", arguments.rest().getLast());
        if (!endpoint.json().map().isEmpty()) request.with("EndpointConfig", endpoint.json());
        cli.engine().send(Target.of("/networks/", endpoint.network, "/connect"), request);
        return 0;
    }
}
