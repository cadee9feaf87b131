package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A network's record on disk. */
final class NetworkFile {
    private static final int FORMAT = 1;

    private NetworkFile() {}

    static byte[] write(Network network) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("format", FORMAT);
        fields.put("name", network.name());
        fields.put("tenant", network.tenant().uid());
        fields.put("created", network.created().toString());
        fields.put("internal", network.internal());
        fields.put("attachable", network.attachable());
        fields.put("options", network.options());
        fields.put("labels", network.labels());
        fields.put("subnets", network.subnets().stream().map(NetworkFile::subnet).toList());
        return Json.write(fields);
    }

    private static Map<String, Object> subnet(Network.Subnet subnet) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("cidr", subnet.cidr().toString());
        fields.put("range", subnet.range() == null ? "" : subnet.range().toString());
        fields.put("gateway", Addresses.text(subnet.gateway()));
        var reserved = new TreeMap<String, String>();
        subnet.reserved().forEach((name, each) -> reserved.put(name, Addresses.text(each)));
        fields.put("reserved", reserved);
        return fields;
    }

    static Network parse(String id, byte[] json) throws MalformedException {
        var fields = Json.object(json, "network's record");
        if (fields.number("format") != FORMAT) {
            throw fields.malformed("has format " + fields.number("format"));
        }
        try {
            return checked(
                    new Network(
                            id,
                            fields.text("name"),
                            new Tenant(fields.number("tenant")),
                            Instant.parse(fields.text("created")),
                            Network.Driver.BRIDGE,
                            subnets(fields),
                            fields.flag("internal"),
                            fields.flag("attachable"),
                            fields.textMap("options"),
                            fields.textMap("labels")));
        } catch (DateTimeException | IllegalArgumentException | EngineException.Invalid e) {
            throw fields.malformed("is damaged: " + e.getMessage());
        }
    }

    /** What the bridge of any network is made of: one bad record must not fail the others. */
    private static Network checked(Network network) {
        if (!network.id().matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'" + network.id() + "' is no network's id");
        }
        var _ = NetworkOptions.parse(network.options());
        for (var subnet : network.subnets()) {
            if (subnet.cidr().contains(subnet.gateway())) continue;
            throw new IllegalArgumentException("the gateway is not in " + subnet.cidr());
        }
        return network;
    }

    private static List<Network.Subnet> subnets(Fields fields) throws MalformedException {
        var subnets = new ArrayList<Network.Subnet>();
        for (var each : fields.objects("subnets")) {
            var range = each.text("range");
            var reserved = new TreeMap<String, java.net.InetAddress>();
            each.textMap("reserved")
                    .forEach((name, text) -> reserved.put(name, Addresses.parse(text)));
            subnets.add(
                    new Network.Subnet(
                            Cidr.parse(each.text("cidr")),
                            range.isEmpty() ? null : Cidr.parse(range),
                            Addresses.parse(each.text("gateway")),
                            reserved));
        }
        return subnets;
    }
}
