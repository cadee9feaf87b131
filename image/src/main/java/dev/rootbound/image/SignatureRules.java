package dev.rootbound.image;

import dev.rootbound.registry.Repository;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which repositories' images must be signed, and by whom. The narrowest rule counts. */
public record SignatureRules(List<Rule> rules) {
    /** Nothing need be signed. */
    public static final SignatureRules NONE = new SignatureRules(List.of());

    public SignatureRules {
        rules = List.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param repositories {@code *} for all; else a registry, a repository, or the path that some
     *     have in common: {@code docker.io/library} is that of {@code docker.io/library/busybox}
     * @param keys one of them must have signed; empty: anything is taken
     */
    public record Rule(String repositories, List<VerificationKey> keys) {
        /** All repositories. */
        public static final String ALL = "*";

        public Rule {
            keys = List.copyOf(keys);
        }

        private boolean covers(Repository repository) {
            return repositories.equals(ALL) || (repository + "/").startsWith(repositories + "/");
        }

        private int width() {
            return repositories.equals(ALL) ? 0 : repositories.length();
        }
    }

    /** The rule for a repository, if its images must be signed. */
    Optional<Rule> of(Repository repository) {
        return rules.stream()
                .filter(rule -> rule.covers(repository))
                .max(Comparator.comparingInt(Rule::width))
                .filter(rule -> !rule.keys().isEmpty());
    }
}
