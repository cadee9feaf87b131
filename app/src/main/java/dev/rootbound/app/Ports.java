package dev.rootbound.app;

import dev.rootbound.network.Addresses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code --publish [[ip:]host:]container[/protocol]} and {@code --expose}, ranges included. */
final class Ports {
    private record Range(int first, int last) {
        /**
         * @param what for whom it is refused: {@code containerPort}
         */
        static Range parse(String what, String text) {
            int dash = text.indexOf('-');
            String first = dash < 0 ? text : text.substring(0, dash);
            String last = dash < 0 ? text : text.substring(dash + 1);
            int from = number(first);
            int to = number(last);
            if (from < 0 || to < from) throw invalid("invalid " + what + ": " + text);
            return new Range(from, to);
        }

        /** Less than 0 if it is none. */
        private static int number(String digits) {
            boolean plain = !digits.isEmpty() && digits.length() <= 5;
            for (int i = 0; i < digits.length(); i++)
                plain &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
            int number = plain ? Integer.parseInt(digits) : -1;
            return number > 65535 ? -1 : number;
        }

        int size() {
            return last - first + 1;
        }

        @Override
        public String toString() {
            return first == last ? "" + first : first + "-" + last;
        }
    }

    private final Json.Members exposed = new Json.Members();
    private final Map<String, List<Json>> bindings = new LinkedHashMap<>();

    Ports(Arguments arguments) {
        for (String spec : arguments.all("publish")) publish(standard(spec));
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
        if (spec.contains(":")) throw invalid("invalid port format for --expose: " + spec);
        var range = Range.parse("range format for --expose", withoutProtocol(spec));
        for (int port = range.first; port <= range.last; port++)
            exposed.with(port + "/" + protocol(spec), new Json.Members());
    }

    private void publish(String spec) {
        String ports = withoutProtocol(spec);
        int last = ports.lastIndexOf(':');
        if (ports.endsWith(":") || ports.isEmpty())
            throw invalid("no port specified: " + spec + "<empty>");
        var inside = Range.parse("containerPort", ports.substring(last + 1));
        String left = last < 0 ? "" : ports.substring(0, last);
        int before = left.lastIndexOf(':');
        boolean onlyAddress = left.endsWith("]");
        String host = onlyAddress ? "" : left.substring(before + 1);
        String address = onlyAddress ? left : before < 0 ? "" : left.substring(0, before);
        if (address.startsWith("[") && address.endsWith("]"))
            address = address.substring(1, address.length() - 1);
        else if (address.indexOf(':') >= 0) throw invalid("invalid IP address: " + address);
        if (!address.isEmpty()) check(address);
        var outside = host.isEmpty() ? null : Range.parse("hostPort", host);
        boolean any = outside != null && inside.size() == 1 && outside.size() > 1;
        if (outside != null && !any && outside.size() != inside.size())
            throw invalid(
                    "invalid ranges specified for container and host Ports: "
                            + inside
                            + " and "
                            + outside);
        for (int i = 0; i < inside.size(); i++) {
            String hostPort = outside == null ? "" : any ? host : "" + (outside.first + i);
            bind(inside.first + i + "/" + protocol(spec), address, hostPort);
        }
    }

    private static void check(String address) {
        try {
            Addresses.parse(address);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCodes.ENGINE, "invalid IP address: " + address);
        }
    }

    /** {@code published=8080,target=80,protocol=udp} is {@code 8080:80/udp}. */
    private static String standard(String spec) {
        if (!spec.contains("=")) return spec;
        var fields = new LinkedHashMap<String, String>();
        for (String field : spec.split(",", -1)) {
            int equals = field.indexOf('=');
            if (equals < 1)
                throw invalid(
                        "invalid publish opts format (should be name=value but got '"
                                + field
                                + "')");
            fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
        return fields.getOrDefault("published", "")
                + ":"
                + fields.getOrDefault("target", "")
                + "/"
                + fields.getOrDefault("protocol", "");
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
        if (protocol.isEmpty()) return "tcp";
        if (!protocol.equals("tcp") && !protocol.equals("udp") && !protocol.equals("sctp"))
            throw invalid("invalid proto: " + protocol);
        return protocol;
    }

    private static CliException invalid(String message) {
        return new CliException(ExitCodes.ENGINE, message);
    }
}
