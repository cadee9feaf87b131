package dev.rootbound.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The ports of a container in a table, as Docker has them: {@code 443/tcp, 0.0.0.0:8080->80/tcp}.
 * Those in a row that are the same on both sides are one: {@code 0.0.0.0:80-82->80-82/tcp}.
 */
final class PortColumn {
    private static final Comparator<Json> ORDER =
            Comparator.<Json>comparingLong(port -> port.number("PrivatePort"))
                    .thenComparing(port -> port.text("IP"))
                    .thenComparingLong(port -> port.number("PublicPort"))
                    .thenComparing(port -> port.text("Type"));

    /** What ports in a row have in common; no address: they lead nowhere. */
    private record Way(String address, String type) {}

    private record Row(long first, long last) {
        String text(Way way) {
            String ports = first == last ? "" + first : first + "-" + last;
            String outside = way.address.isEmpty() ? "" : address(way.address, ports) + "->";
            return outside + ports + "/" + way.type;
        }
    }

    private PortColumn() {}

    static String text(List<Json> ports) {
        var texts = new ArrayList<String>();
        var moved = new ArrayList<String>();
        var open = new LinkedHashMap<Way, Row>();
        for (Json port : ports.stream().sorted(ORDER).toList()) {
            long inside = port.number("PrivatePort");
            long outside = port.number("PublicPort");
            var way = new Way(port.text("IP"), port.text("Type"));
            if (!way.address.isEmpty() && outside != inside) {
                moved.add(address(way.address, "" + outside) + "->" + inside + "/" + way.type);
                continue;
            }
            var row = open.get(way);
            if (row != null && row.last + 1 == inside) {
                open.put(way, new Row(row.first, inside));
                continue;
            }
            if (row != null) texts.add(row.text(way));
            open.put(way, new Row(inside, inside));
        }
        open.forEach((way, row) -> texts.add(row.text(way)));
        texts.addAll(moved);
        return String.join(", ", texts);
    }

    /** With brackets around an IPv6 address, RFC 3986 section 3.2.2. */
    static String address(String host, String port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
