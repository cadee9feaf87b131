package dev.rootbound.docker;

import dev.rootbound.engine.Networks;
import java.util.List;

/** Docker's request for a network: what is not made here is refused by its field's name. */
final class AskedMaking {
    private AskedMaking() {}

    static Networks.Making of(Fields request) {
        if (request.text("Name").isEmpty()) {
            throw new ApiException(400, "Name: the name of the network is missing");
        }
        refuseSwarm(request);
        refuseFlag(request, "ConfigOnly", "there are no networks without their own configuration");
        if (request.object("ConfigFrom").isSet("Network")) {
            throw refuse(
                    request.path("ConfigFrom"),
                    "there are no networks without their own configuration");
        }
        if (request.get("EnableIPv4") != null && !request.flag("EnableIPv4")) {
            throw refuse(request.path("EnableIPv4"), "each network has IPv4");
        }
        return new Networks.Making(
                request.text("Name"),
                request.text("Driver"),
                subnets(request.object("IPAM")),
                request.flag("EnableIPv6"),
                request.flag("Internal"),
                request.flag("Attachable"),
                request.map("Options"),
                request.map("Labels"));
    }

    private static void refuseSwarm(Fields request) {
        refuseFlag(request, "Ingress", "it is a swarm's, and there is none");
        var scope = request.text("Scope");
        if (!scope.isEmpty() && !scope.equals("local")) {
            throw refuse(request.path("Scope"), scope + ": one machine is one engine");
        }
    }

    private static List<Networks.Subnet> subnets(Fields ipam) {
        var driver = ipam.text("Driver");
        if (!driver.isEmpty() && !driver.equals("default")) {
            throw refuse(ipam.path("Driver"), driver + ": addresses are given by default alone");
        }
        if (!ipam.map("Options").isEmpty()) {
            throw refuse(ipam.path("Options"), "the driver default has none");
        }
        return ipam.objects("Config").stream().map(AskedMaking::subnet).toList();
    }

    private static Networks.Subnet subnet(Fields config) {
        return new Networks.Subnet(
                config.text("Subnet"),
                config.text("IPRange"),
                config.text("Gateway"),
                config.map("AuxiliaryAddresses"));
    }

    private static void refuseFlag(Fields request, String name, String reason) {
        if (request.flag(name)) throw refuse(request.path(name), reason);
    }

    private static ApiException refuse(String field, String reason) {
        return new ApiException(501, field + ": " + reason);
    }
}
