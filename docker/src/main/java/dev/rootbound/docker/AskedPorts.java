package dev.rootbound.docker;

import dev.rootbound.engine.NetworkSpec.Binding;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Ports as Docker's requests write them, read strictly. */
final class AskedPorts {
    private static final int MOST = 65535;
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    /** {@code 80/tcp}, in one spelling. */
    record Port(int number, Protocol protocol) {
        String text() {
            return number + "/" + protocol.text();
        }
    }

    /** From {@code first} to {@code last}, both of them too. */
    record Range(int first, int last) {}

    private AskedPorts() {}

    /** {@code {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}}. */
    static List<Binding> bindings(Fields asked) {
        var bindings = new ArrayList<Binding>();
        for (var name : asked.names()) {
            var port = port(asked, name);
            for (var binding : asked.objects(name)) bindings.add(binding(port, binding));
        }
        return bindings;
    }

    private static Binding binding(Port port, Fields binding) {
        var address = binding.text("HostIp");
        var range = hostPorts(binding);
        return new Binding(
                port.number(),
                port.protocol(),
                address.isEmpty() ? "" : hostAddress(binding.path("HostIp"), address),
                range.first(),
                range.last());
    }

    private static String hostAddress(String path, String text) {
        try {
            return Addresses.text(Addresses.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, path + ": " + e.getMessage());
        }
    }

    private static Range hostPorts(Fields binding) {
        var text = binding.text("HostPort");
        if (text.isEmpty() || text.equals("0")) return new Range(0, 0);
        return range(binding.path("HostPort"), text);
    }

    /** What the container listens on. */
    static List<String> exposed(Fields asked) {
        var ports = new TreeSet<String>();
        for (var name : asked.names()) {
            asked.object(name); // of another type it is refused
            ports.add(port(asked, name).text());
        }
        return List.copyOf(ports);
    }

    private static Port port(Fields fields, String name) {
        var path = fields.path(name);
        int slash = name.indexOf('/');
        var range = range(path, slash < 0 ? name : name.substring(0, slash));
        if (range.first() != range.last()) throw invalid(path, name);
        return new Port(
                range.first(), protocol(path, slash < 0 ? "tcp" : name.substring(slash + 1)));
    }

    private static Protocol protocol(String path, String text) {
        try {
            return Protocol.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, path + ": " + e.getMessage());
        }
    }

    /** An image's, which anybody wrote: empty if it is none. */
    static Optional<Port> parse(String text) {
        try {
            return Optional.of(port(Fields.of(Json.object()), text));
        } catch (ApiException _) {
            return Optional.empty();
        }
    }

    /** {@code 8000} or {@code 8000-8010}, of 1 to 65535. */
    private static Range range(String path, String text) {
        var match = RANGE.matcher(text);
        if (!match.matches()) throw invalid(path, text);
        int first = Integer.parseInt(match.group(1));
        int last = match.group(2) == null ? first : Integer.parseInt(match.group(2));
        if (first < 1 || last > MOST || first > last) throw invalid(path, text);
        return new Range(first, last);
    }

    private static ApiException invalid(String path, String text) {
        return new ApiException(
                400,
                path + ": invalid port specification: \"" + text + "\": ports are 1 to " + MOST);
    }

    /** Of a list's filter: {@code 80}, {@code 80/udp}, {@code 8000-8010/tcp}. */
    static boolean isIn(String filter, String value, int port, Protocol protocol) {
        if (value.contains(":")) {
            throw new ApiException(
                    400, "filter for '" + filter + "' should not contain ':': " + value);
        }
        int slash = value.indexOf('/');
        var path = "invalid filter '" + filter + "'";
        var range = range(path, slash < 0 ? value : value.substring(0, slash));
        var asked = protocol(path, slash < 0 ? "tcp" : value.substring(slash + 1));
        return asked == protocol && range.first() <= port && port <= range.last();
    }
}
