package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.KernelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Docker's seccomp profiles (https://docs.docker.com/engine/security/seccomp/) made into what the
 * runtime takes (OCI runtime-spec, config-linux.md, Seccomp): rules that do not apply here are left
 * out, the others merged, and only the image's own architecture is let in, so that no second system
 * call table goes round the filter.
 */
public final class SeccompProfile {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Go's word for an architecture, the word of profiles' conditions, the word of libseccomp. */
    private record Architecture(String inConditions, String libseccomp) {}

    private static final Map<String, Architecture> ARCHITECTURES =
            Map.of(
                    "amd64", new Architecture("amd64", "SCMP_ARCH_X86_64"),
                    "386", new Architecture("x86", "SCMP_ARCH_X86"),
                    "arm64", new Architecture("arm64", "SCMP_ARCH_AARCH64"),
                    "arm", new Architecture("arm", "SCMP_ARCH_ARM"),
                    "ppc64le", new Architecture("ppc64le", "SCMP_ARCH_PPC64LE"),
                    "riscv64", new Architecture("riscv64", "SCMP_ARCH_RISCV64"),
                    "s390x", new Architecture("s390x", "SCMP_ARCH_S390X"));

    /** Of SECCOMP_FILTER_FLAG_*: those that the runtimes know and that only make it stricter. */
    private static final Set<String> FLAGS =
            Set.of("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG");

    private SeccompProfile() {}

    /** The engine's own profile, in Docker's format. */
    public static String defaultProfile() {
        return Default.TEXT;
    }

    /** Read and parsed once: every start needs it. */
    private static final class Default {
        static final String TEXT = read();
        static final JsonNode TREE = JSON.readTree(TEXT);

        private static String read() {
            try (var profile = SeccompProfile.class.getResourceAsStream("seccomp.json")) {
                return new String(Objects.requireNonNull(profile).readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("read seccomp.json of our own jar", e);
            }
        }
    }

    /**
     * The value of {@code linux.seccomp}.
     *
     * @param profile in Docker's format, today's or the old one with {@code name}
     * @param caps the container's bounding set
     * @param architecture the image's, Go's word
     */
    public static ObjectNode toSpec(
            String profile, Set<String> caps, String architecture, KernelVersion kernel)
            throws InvalidSpec {
        var root = parse(profile);
        var here = ARCHITECTURES.get(architecture);
        if (here == null) {
            throw new InvalidSpec(
                    "no seccomp filter can be made for architecture '"
                            + architecture
                            + "'; known are "
                            + ARCHITECTURES.keySet().stream().sorted().toList());
        }
        refuse(root);
        var rules = new SeccompRules(caps, here.inConditions, kernel);
        rules.addAll(SeccompFields.array(root, "syscalls", "the profile"));
        return spec(root, here, rules);
    }

    private static JsonNode parse(String profile) throws InvalidSpec {
        if (profile.equals(Default.TEXT)) {
            return Default.TREE;
        }
        JsonNode root;
        try {
            root = JSON.readTree(profile);
        } catch (JacksonException e) {
            throw new InvalidSpec("decoding seccomp profile failed: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new InvalidSpec("decoding seccomp profile failed: it is not a JSON object");
        }
        return root;
    }

    private static void refuse(JsonNode root) throws InvalidSpec {
        if (!root.path("architectures").isEmpty() && !root.path("archMap").isEmpty()) {
            throw new InvalidSpec(
                    "'architectures' and 'archMap' were specified in the seccomp profile, use"
                            + " either 'architectures' or 'archMap'");
        }
        if (!root.path("listenerPath").asString("").isEmpty()) {
            throw new InvalidSpec(
                    "seccomp profile: listenerPath is not supported: the runtime would connect to"
                            + " it as host root");
        }
    }

    private static ObjectNode spec(JsonNode root, Architecture here, SeccompRules rules)
            throws InvalidSpec {
        var spec = JSON.createObjectNode();
        spec.put("defaultAction", SeccompFields.action(root, "defaultAction", "the profile"));
        SeccompFields.errno(root, "defaultErrnoRet", "the profile")
                .ifPresent(errno -> spec.put("defaultErrnoRet", errno));
        var architectures = spec.putArray("architectures");
        var named = SeccompFields.strings(root, "architectures", "the profile");
        (named.isEmpty() ? java.util.List.of(here.libseccomp) : named).forEach(architectures::add);
        var flags = SeccompFields.strings(root, "flags", "the profile");
        for (var flag : flags) {
            if (!FLAGS.contains(flag)) {
                throw new InvalidSpec("seccomp profile: flag '" + flag + "' is not supported");
            }
        }
        if (!flags.isEmpty()) {
            flags.forEach(spec.putArray("flags")::add);
        }
        spec.set("syscalls", rules.toJson());
        return spec;
    }
}
