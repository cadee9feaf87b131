package dev.rootbound.engine;

import dev.rootbound.linux.MountLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which paths of the host containers may have. The longest one that leads to a source counts; and a
 * source in which another lies that allows less allows no more than that.
 *
 * @param rules by the path without links, a char a byte, as {@link
 *     dev.rootbound.linux.HostPath#real} tells it
 * @param otherwise of what is below none of them
 */
record HostPaths(Map<String, Access> rules, Access otherwise) {
    static final HostPaths ALL = new HostPaths(Map.of(), Access.ALLOWED);
    static final HostPaths NONE = new HostPaths(Map.of(), Access.DENIED);

    /** From less to more. */
    enum Access {
        DENIED,
        READ_ONLY,
        ALLOWED
    }

    HostPaths {
        rules = Map.copyOf(rules);
    }

    /** What is allowed of a source. */
    Access of(String real) {
        var own =
                rules.entrySet().stream()
                        .filter(rule -> MountLine.isBelow(real, rule.getKey()))
                        .max(Comparator.comparingInt(rule -> rule.getKey().length()))
                        .map(Map.Entry::getValue)
                        .orElse(otherwise);
        return rules.entrySet().stream()
                .filter(rule -> MountLine.isBelow(rule.getKey(), real))
                .map(Map.Entry::getValue)
                .reduce(own, (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    /**
     * What is allowed of a source that is seen at other paths, too: where a rule says less of one
     * of those, that is what counts. What is said of all the host is said of its own path alone.
     */
    Access of(String real, List<String> others) {
        var said = new HashMap<>(rules);
        said.remove("/");
        var less = new HostPaths(said, Access.ALLOWED);
        return others.stream()
                .map(less::of)
                .reduce(of(real), (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    /** Where a path of the policy file leads now, as far as it is there: a char a byte. */
    static String real(String text) {
        var path = Path.of(text).normalize();
        for (var there = path; there != null; there = there.getParent()) {
            try {
                var found = there.toRealPath().resolve(there.relativize(path)).normalize();
                return bytes(found.toString());
            } catch (IOException e) {
                // that far it is not there
            }
        }
        return bytes(path.toString());
    }

    /** A char a byte. */
    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** As the policy file would have it. */
    String text() {
        if (rules.isEmpty()) return otherwise == Access.DENIED ? Setting.NONE : Setting.ALL;
        var texts = new TreeMap<>(rules).entrySet().stream();
        return texts.map(rule -> word(rule.getValue()) + " " + shown(rule.getKey()))
                .collect(Collectors.joining(", ", "", "; else " + word(otherwise)));
    }

    private static String shown(String path) {
        return new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Its key in the policy file. */
    static String word(Access access) {
        return switch (access) {
            case DENIED -> "deny";
            case READ_ONLY -> "read-only";
            case ALLOWED -> "allow";
        };
    }
}
