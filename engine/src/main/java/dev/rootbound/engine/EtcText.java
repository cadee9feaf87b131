package dev.rootbound.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is in the files of a container that say who and where it is: hosts(5), resolv.conf(5). */
final class EtcText {
    /** Where the engine's own server listens in the container. */
    static final String SERVER = "127.0.0.11";

    private static final String LOCAL =
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private EtcText() {}

    /** An address and its names. */
    record Line(String address, String names) {
        @Override
        public String toString() {
            return address + "\t" + names;
        }
    }

    static String hosts(List<Line> lines) {
        return LOCAL + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** With these lines behind what there is. */
    static String with(String hosts, List<Line> lines) {
        var whole = hosts.isEmpty() || hosts.endsWith("\n") ? hosts : hosts + "\n";
        return whole + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** Without these lines, and with whatever else is there. */
    static String without(String hosts, List<Line> lines) {
        var texts = lines.stream().map(Line::toString).toList();
        return hosts.lines()
                .filter(line -> !texts.contains(line))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** What a resolver is told. */
    record Resolver(List<String> servers, List<String> search, List<String> options) {}

    static String resolvConf(Resolver resolver) {
        var lines = new ArrayList<String>();
        for (var server : resolver.servers()) lines.add("nameserver " + server);
        if (!resolver.search().isEmpty()) {
            lines.add("search " + String.join(" ", resolver.search()));
        }
        if (!resolver.options().isEmpty()) {
            lines.add("options " + String.join(" ", resolver.options()));
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** What the host's own says besides its servers. */
    static Resolver parse(List<String> lines) {
        var servers = new ArrayList<String>();
        var search = new ArrayList<String>();
        var options = new ArrayList<String>();
        for (var line : lines) {
            var words = List.of(line.strip().split("\\s+"));
            var rest = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> servers.addAll(rest.subList(0, Math.min(1, rest.size())));
                case "search", "domain" -> {
                    search.clear(); // the last one counts
                    search.addAll(rest);
                }
                case "options" -> options.addAll(rest);
                default -> {}
            }
        }
        return new Resolver(servers, search, options);
    }
}
