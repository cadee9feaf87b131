package dev.rootbound.app;

import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses of a new network: {@code --ip-range}, {@code --gateway} and {@code --aux-address}
 * belong to that {@code --subnet} which they are in, by Docker's rules and in its words.
 */
final class NetworkAddresses {
    /** One subnet and what belongs to it; empty: nothing does. */
    private static final class Subnet {
        final String text;
        final Cidr cidr;
        String range = "";
        String gateway = "";
        final Map<String, String> reserved = new LinkedHashMap<>();

        Subnet(String text) {
            this.text = text;
            this.cidr = cidr(text);
        }
    }

    private final List<Subnet> subnets = new ArrayList<>();

    NetworkAddresses(Arguments arguments) {
        int most = Math.max(arguments.all("ip-range").size(), arguments.all("gateway").size());
        if (arguments.all("subnet").size() < most)
            throw invalid("every ip-range or gateway must have a corresponding subnet");
        for (String subnet : arguments.all("subnet")) add(subnet);
        for (String range : arguments.all("ip-range")) addRange(range);
        for (String gateway : arguments.all("gateway")) addGateway(gateway);
        for (String reserved : arguments.all("aux-address")) addReserved(reserved);
    }

    private void add(String text) {
        var added = new Subnet(text);
        for (Subnet other : subnets)
            if (other.cidr.overlaps(added.cidr))
                throw invalid("multiple overlapping subnet configuration is not supported");
        subnets.add(added);
    }

    private void addRange(String range) {
        var subnet = of(cidr(range).network(), "range " + range);
        if (!subnet.range.isEmpty())
            throw invalid(
                    "cannot configure multiple ranges ("
                            + range
                            + ", "
                            + subnet.range
                            + ") on the same subnet ("
                            + subnet.text
                            + ")");
        subnet.range = range;
    }

    private void addGateway(String gateway) {
        var subnet = of(address(gateway), "gateway " + gateway);
        if (!subnet.gateway.isEmpty())
            throw invalid(
                    "cannot configure multiple gateways ("
                            + gateway
                            + ", "
                            + subnet.gateway
                            + ") for the same subnet ("
                            + subnet.text
                            + ")");
        subnet.gateway = gateway;
    }

    /** {@code NAME=ADDRESS}. */
    private void addReserved(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) throw invalid("invalid aux-address '" + text + "': it is NAME=ADDRESS");
        String address = text.substring(equals + 1);
        of(address(address), "aux-address " + address)
                .reserved
                .put(text.substring(0, equals), address);
    }

    private Subnet of(InetAddress address, String what) {
        for (Subnet subnet : subnets) if (subnet.cidr.contains(address)) return subnet;
        throw invalid("no matching subnet for " + what);
    }

    private static Cidr cidr(String text) {
        try {
            return Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid("invalid CIDR address: " + e.getMessage());
        }
    }

    private static InetAddress address(String text) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid("invalid address: " + e.getMessage());
        }
    }

    private static CliException invalid(String message) {
        return new CliException(1, message);
    }

    /** The API's {@code IPAM.Config}; empty if nothing is asked for. */
    List<Json> json() {
        var all = new ArrayList<Json>();
        for (Subnet subnet : subnets)
            all.add(
                    new Json.Members()
                            .with("Subnet", subnet.text)
                            .with("IPRange", subnet.range)
                            .with("Gateway", subnet.gateway)
                            .with("AuxiliaryAddresses", subnet.reserved));
        return all;
    }
}
