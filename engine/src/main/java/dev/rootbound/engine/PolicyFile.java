package dev.rootbound.engine;

import dev.rootbound.image.SignatureRules;
import dev.rootbound.image.VerificationKey;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Processes;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The administrator's policy, a YAML file:
 *
 * <pre>{@code
 * version: 1
 * images:
 *   max-layer-size: 128g
 *   signatures:
 *     - repositories: "*"
 *       keys: [/etc/rootbound/keys/ours.pub]
 *     - repositories: docker.io/library
 *       unsigned: accept
 * tenants:
 *   containers: 100
 *   memory: 16g
 *   users:
 *     - user: alice
 *       memory: unlimited
 * clients:
 *   certificates:
 *     - subject: CN=alice,O=Example
 *       user: alice
 *   plain:
 *     - host: tcp://127.0.0.1:2375
 *       user: bob
 * containers:
 *   profile: compatible
 *   host-paths:
 *     deny: [/srv/secret]
 *   users:
 *     - group: students
 *       profile: restricted
 *       image-registries: [registry.example.com]
 * }</pre>
 *
 * <p>A key that is not known is an error: what is written is kept, or refused.
 */
public final class PolicyFile {
    private static final int GROUP_AND_OTHERS_WRITE = 022;
    private static final long LEAST_MEMORY = 6L << 20;
    private static final long LEAST_CPUS = 10_000_000; // cpu.cfs_quota_us is 1000 at least
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,11})([kmgt]?)b?");

    private final Path file;
    private final String name;

    private PolicyFile(Path file) {
        this.file = file;
        this.name = file.toString();
    }

    /**
     * Reads a policy, and the keys that it names.
     *
     * @throws MalformedException naming the line, if it is wrong
     * @throws IOException also if others than its owner and root may write to it
     */
    public static PolicySettings read(Path file) throws IOException {
        return new PolicyFile(file).read();
    }

    /**
     * What would become of a request under a policy that is not in force, for who runs this; no
     * image is known.
     *
     * @param user as of {@link Permits#test}
     */
    public static Permits.Verdict test(Path file, String user, ContainerSpec asked)
            throws IOException {
        return LocalPermits.of(file, Path.of("/etc")).test(LocalPermits.self(), user, asked);
    }

    private PolicySettings read() throws IOException {
        var root =
                YamlMapping.of(
                        name,
                        compose(content(file)),
                        "version",
                        "images",
                        "tenants",
                        "clients",
                        "containers");
        if (!root.text("version").orElse("").equals("1")) {
            throw root.malformed("its first key is 'version: 1'");
        }
        var images = root.mapping("images", "max-layer-size", "signatures");
        var tenants =
                root.mapping("tenants", "containers", "memory", "cpus", "pids", "disk", "users");
        var clients = root.mapping("clients", "certificates", "plain");
        long maxLayerSize = PolicySettings.DEFAULT.maxLayerSize();
        var rules = SignatureRules.NONE;
        if (images.isPresent()) {
            var scopes = new HashSet<String>();
            rules = new SignatureRules(images.get().list("signatures", node -> rule(node, scopes)));
            maxLayerSize =
                    images.get().parsed("max-layer-size", PolicyFile::size).orElse(maxLayerSize);
        }
        return new PolicySettings(
                maxLayerSize,
                rules,
                tenants.isPresent()
                        ? tenants(tenants.get())
                        : new TenantPolicy(name, TenantPolicy.Asked.NOTHING, List.of()),
                clients.isPresent()
                        ? ClientPolicy.read(name, clients.get())
                        : new ClientPolicy(name, List.of(), List.of()),
                ContainerRules.read(name, root));
    }

    private TenantPolicy tenants(YamlMapping tenants) throws MalformedException {
        var names = new HashSet<String>();
        return new TenantPolicy(
                name, asked(tenants), tenants.list("users", node -> user(node, names)));
    }

    private TenantPolicy.User user(Node node, Set<String> names) throws MalformedException {
        var user =
                YamlMapping.of(name, node, "user", "containers", "memory", "cpus", "pids", "disk");
        var who = user.text("user");
        if (who.isEmpty()) throw user.malformed("'user', a name or uid, is missing");
        if (!names.add(who.get())) {
            throw user.malformed("there are limits for '" + who.get() + "' already");
        }
        return new TenantPolicy.User(who.get(), asked(user));
    }

    private static TenantPolicy.Asked asked(YamlMapping limits) throws MalformedException {
        return new TenantPolicy.Asked(
                limits.parsed("containers", text -> limit(text, PolicyFile::count)),
                limits.parsed("memory", text -> limit(text, PolicyFile::memory)),
                limits.parsed("cpus", text -> limit(text, PolicyFile::nanoCpus)),
                limits.parsed("pids", text -> limit(text, PolicyFile::count)),
                limits.parsed("disk", text -> limit(text, PolicyFile::size)));
    }

    private static long limit(String text, ToLongFunction<String> parser) {
        return text.equals("unlimited") ? TenantLimits.NONE : parser.applyAsLong(text);
    }

    private static long count(String text) {
        if (text.matches("[1-9][0-9]{0,8}")) return Long.parseLong(text);
        throw new IllegalArgumentException(
                "is a number such as 100, or 'unlimited', not '" + text + "'");
    }

    /** Docker's least for a container, which all together must have, too. */
    private static long memory(String text) {
        long bytes = size(text);
        if (bytes >= LEAST_MEMORY) return bytes;
        throw new IllegalArgumentException("is 6m at least, not '" + text + "'");
    }

    private static long nanoCpus(String text) {
        if (text.matches("[0-9]{1,5}(\\.[0-9]{1,9})?")) {
            long nano = new BigDecimal(text).movePointRight(9).longValueExact();
            if (nano >= LEAST_CPUS) return nano;
        }
        throw new IllegalArgumentException(
                "is a number of processors such as 1.5, 0.01 at least, or 'unlimited', not '"
                        + text
                        + "'");
    }

    private Node compose(String text) throws MalformedException {
        try {
            var settings = LoadSettings.builder().setLabel(name).build();
            var parser = new ParserImpl(settings, new StreamReader(settings, text));
            return new Composer(settings, parser)
                    .getSingleNode()
                    .orElseThrow(() -> new MalformedException(name + " is empty"));
        } catch (MarkedYamlEngineException e) {
            var line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            throw new MalformedException(name + line + ": is no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new MalformedException(name + " is no YAML: " + e.getMessage());
        } catch (StackOverflowError e) { // the parser calls itself for each level
            throw new MalformedException(name + " is no policy: it nests too deep");
        }
    }

    private SignatureRules.Rule rule(Node node, Set<String> scopes) throws MalformedException {
        var rule = YamlMapping.of(name, node, "repositories", "keys", "unsigned");
        var repositories = rule.parsed("repositories", SignatureRules::scope);
        if (repositories.isEmpty()) throw rule.malformed("'repositories' is missing");
        if (!scopes.add(repositories.get())) {
            throw rule.malformed("there is a rule for '" + repositories.get() + "' already");
        }
        var keys = rule.texts("keys", PolicyFile::key);
        boolean unsigned = rule.parsed("unsigned", PolicyFile::accepted).isPresent();
        if (unsigned == !keys.isEmpty()) {
            throw rule.malformed("either 'keys', with one at least, or 'unsigned: accept'");
        }
        return new SignatureRules.Rule(repositories.get(), keys);
    }

    private static boolean accepted(String text) {
        if (text.equals("accept")) return true;
        throw new IllegalArgumentException("is 'accept'");
    }

    /** In the file itself, or the path of a file with it. */
    private static VerificationKey key(String text) {
        if (text.strip().startsWith("-----")) return VerificationKey.parse(text);
        try {
            var file = Path.of(text);
            if (!file.isAbsolute()) throw new IllegalArgumentException("is no absolute path");
            return VerificationKey.parse(content(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " " + e.getMessage(), e);
        }
    }

    private static long size(String text) {
        var size = SIZE.matcher(text.toLowerCase(java.util.Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException("is a size such as 20g, not '" + text + "'");
        }
        int power = " kmgt".indexOf(size.group(2)); // none: 0
        try {
            return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * power));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large: '" + text + "'", e);
        }
    }

    /** Whoever may write what it says decides: that must be root, or who runs the engine. */
    private static String content(Path file) throws IOException {
        try (var open = Fd.open(file, At.O_RDONLY)) {
            var stat = open.stat();
            boolean own = stat.uid() == 0 || stat.uid() == Processes.ownUid();
            if (!own || (stat.mode() & GROUP_AND_OTHERS_WRITE) != 0) {
                throw new IOException(
                        file
                                + " may be written by others than root; chown root "
                                + file
                                + "; chmod go-w "
                                + file);
            }
            return Files.readString(open.path());
        }
    }
}
