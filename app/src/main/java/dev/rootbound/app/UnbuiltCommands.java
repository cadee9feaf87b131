package dev.rootbound.app;

import java.util.List;
import java.util.Set;

/**
 * Docker's commands that are not here yet: each says so, so that nobody looks for a typing error.
 */
final class UnbuiltCommands {
    private static final Set<String> DOCKERS =
            Set.of(
                    "bake",
                    "checkpoint",
                    "compose",
                    "config",
                    "context",
                    "manifest",
                    "node",
                    "plugin",
                    "scout",
                    "search",
                    "secret",
                    "service",
                    "stack",
                    "swarm",
                    "trust");

    private UnbuiltCommands() {}

    /** Why these words are no command of this release. */
    static CliException refusal(List<String> words) {
        String first = words.getFirst();
        boolean grouped = Commands.GROUPS.contains(first);
        if (grouped && words.size() == 1)
            return refusal(
                    "'" + first + "' needs a command, as in: rootbound " + first + example(first));
        String name = grouped ? words.get(1) : first;
        String whole = grouped ? first + " " + name : first;
        if (!DOCKERS.contains(name)) return refusal("'" + whole + "' is not a rootbound command.");
        return refusal("'" + whole + "' is not built yet.");
    }

    private static String example(String group) {
        return switch (group) {
            case "builder" -> " prune";
            case "buildx" -> " build";
            case "system" -> " df";
            default -> " ls";
        };
    }

    private static CliException refusal(String sentence) {
        return new CliException(1, sentence + "\nSee 'rootbound --help'");
    }
}
