package dev.rootbound.engine;

import dev.rootbound.image.SignatureRules;
import dev.rootbound.network.Cidr;
import dev.rootbound.registry.Repository;
import dev.rootbound.runtime.Capabilities;
import java.util.List;
import java.util.Set;

/**
 * What a rule allows of one setting.
 *
 * @param words of the setting; {@code all} for every one
 * @param paths of {@link Setting#HOST_PATHS}; of others nothing
 * @param rule that says so: a line of the policy file, or a profile
 */
record Allowed(Setting setting, Set<String> words, HostPaths paths, String rule) {
    Allowed {
        words = Set.copyOf(words);
    }

    /** Of any setting but host paths. */
    static Allowed of(Setting setting, Set<String> words, String rule) {
        return new Allowed(setting, words, HostPaths.NONE, rule);
    }

    /** Of host paths. */
    static Allowed of(HostPaths paths, String rule) {
        return new Allowed(Setting.HOST_PATHS, Set.of(), paths, rule);
    }

    boolean has(String word) {
        return hasAll() || words.stream().anyMatch(known -> covers(known, word));
    }

    boolean hasAll() {
        return words.contains(Setting.ALL);
    }

    /** {@code net.ipv4.*} what begins so; a registry, a path in it or a block what is below. */
    private boolean covers(String known, String word) {
        if (known.equals(word)) return true;
        return switch (setting) {
            case SYSCTLS ->
                    known.endsWith(".*") && word.startsWith(known.substring(0, known.length() - 1));
            case IMAGE_REGISTRIES ->
                    new SignatureRules.Rule(known, List.of()).covers(repository(word));
            case SUBNETS -> Cidr.parse(known).contains(Cidr.parse(word));
            case CAPABILITIES -> known.equals(Setting.DEFAULT) && isDefault(word);
            default -> false;
        };
    }

    private static Repository repository(String name) {
        int slash = name.indexOf('/');
        return new Repository(name.substring(0, slash), name.substring(slash + 1));
    }

    private static boolean isDefault(String capability) {
        return Capabilities.DEFAULT.contains(capability);
    }

    /** As the policy file would have it. */
    String value() {
        return setting == Setting.HOST_PATHS ? paths.text() : setting.text(words);
    }

    /** For who is refused. */
    String text() {
        return setting.key() + ": " + value() + " (" + rule + ")";
    }
}
