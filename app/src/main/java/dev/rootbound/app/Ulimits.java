package dev.rootbound.app;

import dev.rootbound.runtime.Rlimit;

/** {@code --ulimit name=soft[:hard]}. */
final class Ulimits {
    private Ulimits() {}

    static Json json(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) throw new IllegalArgumentException("invalid ulimit argument: " + text);
        String name = text.substring(0, equals);
        if (!Rlimit.TYPES.contains(name))
            throw new IllegalArgumentException("invalid ulimit type: " + name);
        String[] limits = text.substring(equals + 1).split(":", -1);
        if (limits.length > 2)
            throw new IllegalArgumentException("too many limit value arguments - " + text);
        long soft = limit(limits[0]);
        long hard = limits.length == 1 ? soft : limit(limits[1]);
        if (hard != -1 && (soft == -1 || soft > hard))
            throw new IllegalArgumentException(
                    "ulimit soft limit must be less than or equal to hard limit: "
                            + soft
                            + " > "
                            + hard);
        return new Json.Members()
                .with("Name", name)
                .with("Hard", new Json.Numeral("" + hard))
                .with("Soft", new Json.Numeral("" + soft));
    }

    private static long limit(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number: \"" + text + "\"", e);
        }
    }
}
