package dev.rootbound.engine;

import dev.rootbound.image.SignatureRules;
import dev.rootbound.image.VerificationKey;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Processes;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
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
 * }</pre>
 *
 * <p>A key that is not known is an error: what is written is kept, or refused.
 */
public final class PolicyFile {
    private static final int GROUP_AND_OTHERS_WRITE = 022;
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

    private PolicySettings read() throws IOException {
        var root = YamlMapping.of(name, compose(content(file)), "version", "images");
        if (!root.text("version").orElse("").equals("1")) {
            throw root.malformed("its first key is 'version: 1'");
        }
        var images = root.mapping("images", "max-layer-size", "signatures");
        if (images.isEmpty()) return PolicySettings.DEFAULT;
        var scopes = new HashSet<String>();
        var rules = images.get().list("signatures", node -> rule(node, scopes));
        return new PolicySettings(
                images.get()
                        .parsed("max-layer-size", PolicyFile::size)
                        .orElse(PolicySettings.DEFAULT.maxLayerSize()),
                new SignatureRules(rules));
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
