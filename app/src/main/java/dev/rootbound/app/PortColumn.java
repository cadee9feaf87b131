package dev.rootbound.app;

import java.util.List;

/** The ports of a container in a table: {@code 0.0.0.0:8080->80/tcp, 443/tcp}. */
final class PortColumn {
    private PortColumn() {}

    static String text(List<Json> ports) {
        var text = new StringBuilder();
        for (Json port : ports) {
            if (!text.isEmpty()) text.append(", ");
            long outside = port.number("PublicPort");
            String address = port.text("IP");
            if (address.contains(":")) address = "[" + address + "]";
            if (outside != 0) text.append(address).append(':').append(outside).append("->");
            text.append(port.number("PrivatePort")).append('/').append(port.text("Type"));
        }
        return text.toString();
    }
}
