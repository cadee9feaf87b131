package dev.rootbound.image;

import dev.rootbound.registry.Repository;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which repositories' images must be signed, and by whom. The narrowest rule counts. */
public record SignatureRules(List<Rule> rules) {
    /** Nothing need be signed. */
    public static final SignatureRules NONE = new SignatureRules(List.of());

    private static final String HUB = Reference.DEFAULT_DOMAIN;
    private static final Set<String> HUBS =
            Set.of(HUB, Reference.LEGACY_DOMAIN, "registry-1.docker.io");

    private static final Pattern SCOPE =
            Pattern.compile(
                    ("(?<host>" + Reference.HOST + "(?::[0-9]+)?)")
                            + ("(?<path>(?:/" + Reference.COMPONENT + ")*)/?"));

    public SignatureRules {
        rules = List.copyOf(rules);
    }

    /**
     * A rule.
     *
     * @param repositories {@code *} for all; else as {@link #scope} gives it
     * @param keys one of them must have signed; empty: anything is taken
     */
    public record Rule(String repositories, List<VerificationKey> keys) {
        /** All repositories. */
        public static final String ALL = "*";

        public Rule {
            keys = List.copyOf(keys);
        }

        /** Whether the rule is for that repository. */
        public boolean covers(Repository repository) {
            var name = host(repository.host()) + "/" + repository.path() + "/";
            return repositories.equals(ALL)
                    || name.startsWith(repositories + "/")
                    || name.replace(HUB + "/library/", HUB + "/").equals(repositories + "/");
        }

        private int width() {
            return repositories.equals(ALL) ? 0 : repositories.length();
        }
    }

    /**
     * What a rule is for: a registry, a repository, or the path that some have in common. {@code
     * docker.io/library} is that of {@code docker.io/library/busybox}, which {@code
     * docker.io/busybox} is too.
     *
     * @throws IllegalArgumentException if it is none: a rule that fits nothing would demand nothing
     */
    public static String scope(String text) {
        if (text.equals(Rule.ALL)) return text;
        var parts = SCOPE.matcher(text);
        if (parts.matches() && Reference.isDomain(parts.group("host"))) {
            return host(parts.group("host")) + parts.group("path");
        }
        throw new IllegalArgumentException(
                "is '*', or a registry with or without a path, such as docker.io/library, and no tag;"
                        + " not '"
                        + text
                        + "'");
    }

    /** One name of those that lead to the same registry. */
    private static String host(String authority) {
        var host = authority.toLowerCase(Locale.ROOT).replaceFirst(":443$", "");
        return HUBS.contains(host) ? HUB : host;
    }

    /** Whether a repository's images must be signed. */
    public boolean has(Repository repository) {
        return of(repository).isPresent();
    }

    /** The rule for a repository, if its images must be signed. */
    Optional<Rule> of(Repository repository) {
        return rules.stream()
                .filter(rule -> rule.covers(repository))
                .max(Comparator.comparingInt(Rule::width))
                .filter(rule -> !rule.keys().isEmpty());
    }
}
