package dev.rootbound.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code --publish [[ip:]host:]container[/protocol]} and {@code --expose}, ranges included. */
final class Ports {
    private record Range(int first, int last) {
        static Range parse(String text) {
            int dash = text.indexOf('-');
            String first = dash < 0 ? text : text.substring(0, dash);
            String last = dash < 0 ? text : text.substring(dash + 1);
            var range = new Range(number(first, text), number(last, text));
            if (range.first > range.last) throw invalid("invalid range of ports: " + text);
            return range;
        }

        private static int number(String digits, String text) {
            try {
                int number = Integer.parseInt(digits);
                if (number >= 0 && number <= 65535) return number;
            } catch (NumberFormatException e) {
                // said below
            }
            throw invalid("invalid port: " + text);
        }

        int size() {
            return last - first + 1;
        }
    }

    private final Json.Members exposed = new Json.Members();
    private final Map<String, List<Json>> bindings = new LinkedHashMap<>();

    Ports(Arguments arguments) {
        for (String spec : arguments.all("publish")) publish(spec);
        for (String spec : arguments.all("expose")) expose(spec);
    }

    Optional<Json> exposed() {
        return exposed.map().isEmpty() ? Optional.empty() : Optional.of(exposed);
    }

    Optional<Json> bindings() {
        var members = new Json.Members();
        bindings.forEach((port, list) -> members.with(port, new Json.Array(list)));
        return bindings.isEmpty() ? Optional.empty() : Optional.of(members);
    }

    private void expose(String spec) {
        var range = Range.parse(withoutProtocol(spec));
        for (int port = range.first; port <= range.last; port++)
            exposed.with(port + "/" + protocol(spec), new Json.Members());
    }

    private void publish(String spec) {
        String ports = withoutProtocol(spec);
        int last = ports.lastIndexOf(':');
        var inside = Range.parse(ports.substring(last + 1));
        String left = last < 0 ? "" : ports.substring(0, last);
        int before = left.lastIndexOf(':');
        boolean onlyAddress = left.endsWith("]");
        String host = onlyAddress ? "" : left.substring(before + 1);
        String address = onlyAddress ? left : before < 0 ? "" : left.substring(0, before);
        if (address.startsWith("[") && address.endsWith("]"))
            address = address.substring(1, address.length() - 1);
        else if (address.indexOf(':') >= 0) throw invalid("invalid IP address: " + address);
        var outside = host.isEmpty() ? null : Range.parse(host);
        boolean any = outside != null && inside.size() == 1 && outside.size() > 1;
        if (outside != null && !any && outside.size() != inside.size())
            throw invalid("invalid ranges specified for container and host Ports: " + spec);
        for (int i = 0; i < inside.size(); i++) {
            String hostPort = outside == null ? "" : any ? host : "" + (outside.first + i);
            bind(inside.first + i + "/" + protocol(spec), address, hostPort);
        }
    }

    private void bind(String port, String address, String hostPort) {
        exposed.with(port, new Json.Members());
        bindings.computeIfAbsent(port, _ -> new ArrayList<>())
                .add(
                        new Json.Members()
                                .with("HostIp", new Json.Text(address))
                                .with("HostPort", new Json.Text(hostPort)));
    }

    private static String withoutProtocol(String spec) {
        int slash = spec.indexOf('/');
        return slash < 0 ? spec : spec.substring(0, slash);
    }

    private static String protocol(String spec) {
        int slash = spec.indexOf('/');
        String protocol =
                slash < 0 ? "tcp" : spec.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        if (!protocol.equals("tcp") && !protocol.equals("udp") && !protocol.equals("sctp"))
            throw invalid("invalid proto: " + protocol);
        return protocol;
    }

    private static CliException invalid(String message) {
        return new CliException(ExitCodes.ENGINE, message);
    }
}
