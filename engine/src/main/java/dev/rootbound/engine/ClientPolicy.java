package dev.rootbound.engine;

import dev.rootbound.oci.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * What the administrator says of who uses the engine over tcp, where the kernel cannot say it.
 *
 * @param file in which it stands, or could
 * @param certificates whose holder is which user
 * @param plain which user everybody is who connects without a certificate
 */
public record ClientPolicy(String file, List<Certificate> certificates, List<Plain> plain) {
    static final ClientPolicy NONE =
            new ClientPolicy(TenantPolicy.DEFAULT.file(), List.of(), List.of());

    private static final Set<String> ROOT = Set.of("root", "0");

    public ClientPolicy {
        certificates = List.copyOf(certificates);
        plain = List.copyOf(plain);
    }

    /**
     * Of a client certificate.
     *
     * @param user name or uid
     * @param place in the file
     */
    public record Certificate(X500Principal subject, String user, String place) {}

    /**
     * Of an address.
     *
     * @param host as the engine is told to listen: {@code tcp://ADDRESS:PORT}
     * @param user name or uid
     * @param place in the file
     */
    public record Plain(String host, String user, String place) {}

    static ClientPolicy read(String file, YamlMapping clients) throws MalformedException {
        var subjects = new HashSet<X500Principal>();
        var hosts = new HashSet<String>();
        return new ClientPolicy(
                file,
                clients.list("certificates", node -> certificate(file, node, subjects)),
                clients.list("plain", node -> plain(file, node, hosts)));
    }

    private static Certificate certificate(String file, Node node, Set<X500Principal> subjects)
            throws MalformedException {
        var entry = YamlMapping.of(file, node, "subject", "user");
        var subject = required(entry, "subject", ClientPolicy::subject);
        if (!subjects.add(subject)) {
            throw entry.malformed("there is a user for '" + subject.getName() + "' already");
        }
        return new Certificate(
                subject, required(entry, "user", Function.identity()), entry.place("subject"));
    }

    private static Plain plain(String file, Node node, Set<String> hosts)
            throws MalformedException {
        var entry = YamlMapping.of(file, node, "host", "user");
        var host = required(entry, "host", ClientPolicy::host);
        if (!hosts.add(host)) {
            throw entry.malformed("there is a user for '" + host + "' already");
        }
        return new Plain(host, required(entry, "user", Function.identity()), entry.place("host"));
    }

    private static <T> T required(YamlMapping entry, String key, Function<String, T> parser)
            throws MalformedException {
        return entry.parsed(key, parser::apply)
                .orElseThrow(() -> entry.malformed("'" + key + "' is missing"));
    }

    /** Compared as RFC 5280 has it: case and repeated spaces do not count. */
    private static X500Principal subject(String text) {
        try {
            var subject = new X500Principal(text);
            if (!subject.getName().isEmpty()) return subject;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "is a distinguished name as RFC 4514 writes it, such as CN=alice,O=Example, not '"
                        + text
                        + "'");
    }

    private static String host(String text) {
        if (text.matches("tcp://[^/ ]+:[0-9]+")) return text;
        throw new IllegalArgumentException(
                "is where the daemon listens, tcp://ADDRESS:PORT as in its --host, not '"
                        + text
                        + "'");
    }

    /** A user whom somebody is by a line of the file. */
    record Entry(String user, String place) {
        boolean namesRoot() {
            return ROOT.contains(user);
        }
    }

    Optional<Entry> of(Remote remote) {
        return switch (remote) {
            case Remote.Certified(var subject) ->
                    certificates.stream()
                            .filter(each -> each.subject().equals(subject))
                            .findFirst()
                            .map(each -> new Entry(each.user(), each.place()));
            case Remote.Plain(var host) ->
                    plain.stream()
                            .filter(each -> each.host().equals(host))
                            .findFirst()
                            .map(each -> new Entry(each.user(), each.place()));
        };
    }

    /**
     * Refuses an address that nobody could use.
     *
     * @param host {@code tcp://ADDRESS:PORT}
     * @param certified whether clients must show a certificate there
     * @throws EngineException.Invalid with the remedy
     */
    public void check(String host, boolean certified) {
        if (certified && certificates.isEmpty()) {
            throw new EngineException.Invalid(
                    "--host "
                            + host
                            + ": the policy names no client certificate, so that nobody could use"
                            + " it; "
                            + file
                            + " needs clients: {certificates: [{subject: \"CN=alice\", user:"
                            + " alice}]}");
        }
        if (!certified && of(new Remote.Plain(host)).isEmpty()) {
            throw new EngineException.Invalid(
                    "--host "
                            + host
                            + ": who connects there without a client certificate is nobody that"
                            + " the kernel or TLS could name; use --tlsverify, or let everybody"
                            + " who reaches it be one user, in "
                            + file
                            + ": clients: {plain: [{host: \""
                            + host
                            + "\", user: NAME}]}");
        }
    }

    /**
     * Who is host root from elsewhere, a sentence each.
     *
     * @param hosts where the engine listens
     */
    public List<String> warnings(List<String> hosts) {
        var warnings = new ArrayList<String>();
        var roots = certificates.stream().filter(each -> ROOT.contains(each.user()));
        if (hosts.stream().anyMatch(host -> host.startsWith("tcp://"))) {
            roots.map(each ->
                            "whoever has a certificate for "
                                    + each.subject().getName()
                                    + " is root of this host ("
                                    + each.place()
                                    + ")")
                    .forEach(warnings::add);
        }
        Stream<Plain> open = plain.stream().filter(each -> hosts.contains(each.host()));
        open.filter(each -> ROOT.contains(each.user()))
                .map(each ->
                        "everybody who reaches "
                                + each.host()
                                + " is root of this host ("
                                + each.place()
                                + ")")
                .forEach(warnings::add);
        return warnings;
    }
}
