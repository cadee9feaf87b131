package dev.rootbound.network;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a resolver is told, resolv.conf(5).
 *
 * @param servers as they are written, asked in this order
 */
public record ResolverConf(List<String> servers, List<String> search, List<String> options) {
    private static final Path HOSTS = Path.of("/etc/resolv.conf");

    public ResolverConf {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
        options = List.copyOf(options);
    }

    /** The host's own, as it is now; nothing, if it has none. */
    public static ResolverConf ofHost() throws IOException {
        return parse(Files.exists(HOSTS) ? Files.readAllLines(HOSTS) : List.of());
    }

    /** What is in such a file. */
    public static ResolverConf parse(List<String> lines) {
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
        return new ResolverConf(servers, search, options);
    }

    /** The servers' addresses, without zones; what is no address is left out. */
    public List<InetAddress> addresses() {
        var addresses = new ArrayList<InetAddress>();
        for (var server : servers) {
            try {
                addresses.add(Addresses.parse(server.replaceAll("%.*", "")));
            } catch (IllegalArgumentException e) {
                // the host's own resolver cannot use it either
            }
        }
        return addresses;
    }

    /** As such a file. */
    public String text() {
        var lines = new ArrayList<String>();
        for (var server : servers) lines.add("nameserver " + server);
        if (!search.isEmpty()) lines.add("search " + String.join(" ", search));
        if (!options.isEmpty()) lines.add("options " + String.join(" ", options));
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }
}
