package dev.rootbound.dockerfile;

import java.util.HashSet;
import java.util.Set;

/**
 * Which checks are made, as {@code # check=skip=A,B;error=true} says it.
 *
 * @param skipped names of rules that are not looked at
 * @param skipsAll whether none is
 * @param isError whether a build with a warning fails
 * @param experimental names of rules that are looked at only when they are named here
 * @param experimentalAll whether all of these are
 */
public record CheckSettings(
        Set<String> skipped,
        boolean skipsAll,
        boolean isError,
        Set<String> experimental,
        boolean experimentalAll) {
    /** All checks but the experimental ones, and no build fails for them. */
    public static final CheckSettings DEFAULT =
            new CheckSettings(Set.of(), false, false, Set.of(), false);

    public CheckSettings {
        skipped = Set.copyOf(skipped);
        experimental = Set.copyOf(experimental);
    }

    /**
     * Reads {@code skip=…;error=…;experimental=…}, the value of the directive and of the build
     * argument {@code BUILDKIT_DOCKERFILE_CHECK}.
     *
     * @throws IllegalArgumentException if there is anything else in it
     */
    public static CheckSettings parse(String text) {
        var settings = DEFAULT;
        if (Spaces.trim(text).isEmpty()) return settings;
        for (var option : text.split(";", -1)) settings = settings.with(option);
        return settings;
    }

    private CheckSettings with(String option) {
        int equals = option.indexOf('=');
        var key = Spaces.trim(equals < 0 ? option : option.substring(0, equals));
        var value = Spaces.trim(equals < 0 ? "" : option.substring(equals + 1));
        boolean all = value.equals("all");
        return switch (equals < 0 ? "" : key) {
            case "skip" ->
                    new CheckSettings(
                            all ? Set.of() : names(value),
                            all,
                            isError,
                            experimental,
                            experimentalAll);
            case "experimental" ->
                    new CheckSettings(
                            skipped, skipsAll, isError, all ? Set.of() : names(value), all);
            case "error" ->
                    new CheckSettings(
                            skipped,
                            skipsAll,
                            Numbers.parseBoolean(value),
                            experimental,
                            experimentalAll);
            default ->
                    throw new IllegalArgumentException(
                            "not an option of check: "
                                    + Spaces.trim(option)
                                    + "; there are skip=, error= and experimental=, separated by ;");
        };
    }

    private static Set<String> names(String value) {
        var names = new HashSet<String>();
        for (var name : value.split(",", -1)) names.add(Spaces.trim(name));
        return names;
    }

    /** These, and what is skipped or asked for besides. */
    CheckSettings and(CheckSettings other) {
        var skip = new HashSet<>(skipped);
        skip.addAll(other.skipped);
        var wanted = new HashSet<>(experimental);
        wanted.addAll(other.experimental);
        return new CheckSettings(
                skip,
                skipsAll || other.skipsAll,
                isError || other.isError,
                wanted,
                experimentalAll || other.experimentalAll);
    }

    /** Whether a rule is looked at. */
    public boolean looksAt(Rule rule) {
        if (rule.isExperimental() && !experimentalAll && !experimental.contains(rule.toString()))
            return false;
        return !skipsAll && !skipped.contains(rule.toString());
    }
}
