package dev.rootbound.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code rootbound network create}. */
final class NetworkCreateCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("network create [OPTIONS] NETWORK", "Create a network")
                .flag("attachable", "Enable manual container attachment")
                .value("aux-address", "map", "Auxiliary IPv4 or IPv6 addresses that nobody gets")
                .value("config-from", "string", "The network from which to copy the configuration")
                .flag("config-only", "Create a configuration only network")
                .value("driver", 'd', "string", "Driver to manage the network (default bridge)")
                .value("gateway", "list", "IPv4 or IPv6 gateway for the subnet")
                .flag("ingress", "Create swarm routing-mesh network")
                .flag("internal", "Restrict external access to the network")
                .value("ip-range", "list", "Allocate container ip from a sub-range")
                .value("ipam-driver", "string", "IP address management driver: only default")
                .value("ipam-opt", "map", "Set IPAM driver specific options")
                .flag("ipv4", "Enable or disable IPv4 address assignment")
                .flag("ipv6", "Enable or disable IPv6 address assignment")
                .value("label", "list", "Set metadata on a network")
                .value("opt", 'o', "map", "Set driver specific options")
                .value("scope", "string", "Control the network's scope: only local")
                .value("subnet", "list", "Subnet in CIDR format that represents a network segment")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Json made = cli.engine().post(Target.of("/networks/create"), request(arguments));
        if (!made.text("Warning").isEmpty()) cli.complain("WARNING: " + made.text("Warning"));
        cli.println(made.text("Id"));
        return 0;
    }

    private static Json request(Arguments arguments) {
        List<Json> subnets = new NetworkAddresses(arguments).json();
        var ipam =
                new Json.Members()
                        .with("Driver", arguments.text("ipam-driver"))
                        .with("Options", pairs(arguments, "ipam-opt"));
        if (!subnets.isEmpty()) ipam.with("Config", new Json.Array(subnets));
        var request =
                new Json.Members()
                        .with("Name", arguments.rest().getFirst())
                        .with(
                                "Driver",
                                arguments.has("driver") ? arguments.text("driver") : "bridge")
                        .with("Scope", arguments.text("scope"))
                        .with("Internal", arguments.is("internal"))
                        .with("Attachable", arguments.is("attachable"))
                        .with("Ingress", arguments.is("ingress"))
                        .with("ConfigOnly", arguments.is("config-only"))
                        .with("Options", pairs(arguments, "opt"))
                        .with("Labels", pairs(arguments, "label"));
        if (!ipam.map().isEmpty()) request.with("IPAM", ipam);
        if (arguments.has("config-from"))
            request.with(
                    "ConfigFrom",
                    new Json.Members().with("Network", arguments.text("config-from")));
        for (String family : List.of("4", "6"))
            if (arguments.has("ipv" + family))
                request.with("EnableIPv" + family, new Json.Bool(arguments.is("ipv" + family)));
        return request;
    }

    private static Map<String, String> pairs(Arguments arguments, String flag) {
        var pairs = new LinkedHashMap<String, String>();
        for (String pair : arguments.all(flag)) KeyValueFile.put(pairs, pair);
        return pairs;
    }
}
