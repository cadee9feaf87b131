package dev.rootbound.dockerfile;

import dev.rootbound.dockerfile.Flags.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads {@code HEALTHCHECK}. */
final class HealthcheckParser {
    private static final Map<String, Kind> FLAGS =
            Map.of(
                    "interval", Kind.VALUE,
                    "timeout", Kind.VALUE,
                    "start-period", Kind.VALUE,
                    "start-interval", Kind.VALUE,
                    "retries", Kind.VALUE);

    private HealthcheckParser() {}

    static Healthcheck parse(Statements statement) throws DockerfileException {
        var source = statement.source();
        var flags = statement.flags(FLAGS);
        var rest = statement.rest();
        int end = 0;
        while (end < rest.text().length() && !Spaces.isSpace(rest.text().charAt(end))) end++;
        var kind = new Word(rest.text().substring(0, end), rest.at());
        var command = rest.text().substring(Spaces.skip(rest.text(), end));
        return switch (Names.upper(kind.text())) {
            case "NONE" -> {
                if (!command.isEmpty()) throw statement.wrong("NONE is followed by nothing");
                yield new Healthcheck(source, List.of("NONE"), Healthcheck.Timing.DEFAULT);
            }
            case "CMD" -> {
                if (command.isEmpty()) throw statement.wrong("CMD needs a command");
                yield new Healthcheck(source, test(statement, command), timing(statement, flags));
            }
            case "" -> throw statement.wrong("needs CMD and a command, or NONE");
            default -> throw source.error(kind, "CMD or NONE is expected");
        };
    }

    private static List<String> test(Statements statement, String text) throws DockerfileException {
        var test = new ArrayList<String>();
        switch (statement.command(text)) {
            case CommandLine.ForShell(var line) -> {
                test.add("CMD-SHELL");
                test.add(line);
            }
            case CommandLine.Exec(var arguments) -> {
                if (arguments.isEmpty()) throw statement.wrong("CMD needs a command");
                test.add("CMD");
                test.addAll(arguments);
            }
        }
        return test;
    }

    private static Healthcheck.Timing timing(Statements statement, Flags flags)
            throws DockerfileException {
        return new Healthcheck.Timing(
                duration(statement, flags, "interval"),
                duration(statement, flags, "timeout"),
                duration(statement, flags, "start-period"),
                duration(statement, flags, "start-interval"),
                retries(statement, flags));
    }

    private static Duration duration(Statements statement, Flags flags, String name)
            throws DockerfileException {
        var flag = flags.flag(name);
        var value = flags.value(name);
        if (flag == null || value == null) return Duration.ZERO;
        try {
            var duration = Numbers.parseDuration(value);
            if (!duration.isZero() && duration.compareTo(Duration.ofMillis(1)) < 0)
                throw new IllegalArgumentException("--" + name + " is 0 or at least 1ms");
            return duration;
        } catch (IllegalArgumentException e) {
            throw statement.source().error(flag.word(), String.valueOf(e.getMessage()));
        }
    }

    private static int retries(Statements statement, Flags flags) throws DockerfileException {
        var flag = flags.flag("retries");
        var value = flags.value("retries");
        if (flag == null || value == null) return 0;
        boolean number = value.length() < 10 && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number)
            throw statement
                    .source()
                    .error(flag.word(), "--retries is a number from 0, not: " + value);
        return Integer.parseInt(value);
    }
}
