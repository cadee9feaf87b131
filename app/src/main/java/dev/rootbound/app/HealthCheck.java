package dev.rootbound.app;

import java.util.List;
import java.util.Optional;

/** The {@code --health-*} options. */
final class HealthCheck {
    private static final String[][] DURATIONS = {
        {"Interval", "health-interval"},
        {"Timeout", "health-timeout"},
        {"StartPeriod", "health-start-period"},
        {"StartInterval", "health-start-interval"},
    };

    private HealthCheck() {}

    static Optional<Json> json(Arguments arguments) {
        var check = new Json.Members();
        if (arguments.has("health-cmd"))
            check.with("Test", List.of("CMD-SHELL", arguments.text("health-cmd")));
        for (String[] field : DURATIONS) check.with(field[0], duration(arguments, field[1]));
        check.with("Retries", arguments.number("health-retries"));
        if (!arguments.is("no-healthcheck"))
            return check.map().isEmpty() ? Optional.empty() : Optional.of(check);
        if (!check.map().isEmpty())
            throw new CliException(
                    ExitCodes.ENGINE, "--no-healthcheck conflicts with --health-* options");
        return Optional.of(check.with("Test", List.of("NONE")));
    }

    private static long duration(Arguments arguments, String flag) {
        String text = arguments.last(flag);
        if (text == null) return 0;
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw arguments.invalid(flag, text, String.valueOf(e.getMessage()));
        }
    }
}
