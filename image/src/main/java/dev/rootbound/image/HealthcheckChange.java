package dev.rootbound.image;

import dev.rootbound.oci.ImageConfig.Healthcheck;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Dockerfile instruction HEALTHCHECK, and what it becomes in a configuration. */
final class HealthcheckChange {
    private static final Pattern FLAG = Pattern.compile("--([a-z-]+)=(\\S*)\\s*");
    private static final Pattern SPAN = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
    private static final List<String> TIMES =
            List.of("interval", "timeout", "start-period", "start-interval");

    private HealthcheckChange() {}

    /**
     * @param argument {@code NONE}, or flags, {@code CMD} and a command
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static Healthcheck parse(String argument) {
        var flags = new HashMap<String, String>();
        var rest = argument;
        for (var flag = FLAG.matcher(rest); flag.lookingAt(); flag = FLAG.matcher(rest)) {
            flags.put(flag.group(1), flag.group(2));
            rest = rest.substring(flag.end());
        }
        var check =
                new Healthcheck(
                        test(rest),
                        nanos(flags.remove("interval")),
                        nanos(flags.remove("timeout")),
                        nanos(flags.remove("start-period")),
                        nanos(flags.remove("start-interval")),
                        retries(flags.remove("retries")));
        if (!flags.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown flag --"
                            + flags.keySet().iterator().next()
                            + "; it takes --retries, --"
                            + String.join(", --", TIMES));
        }
        return check;
    }

    private static List<String> test(String text) {
        if (text.strip().equalsIgnoreCase("NONE")) return List.of("NONE");
        var words = text.split("\\s+", 2);
        if (!words[0].equalsIgnoreCase("CMD") || words.length < 2 || words[1].isBlank()) {
            throw new IllegalArgumentException("it is NONE, or CMD and a command");
        }
        var command = words[1].strip();
        if (!command.startsWith("[")) return List.of("CMD-SHELL", command);
        var test = new ArrayList<>(List.of("CMD"));
        test.addAll(ConfigChanges.jsonList(command));
        return test;
    }

    private static long nanos(@Nullable String span) {
        if (span == null) return 0;
        var part = SPAN.matcher(span);
        var millis = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            millis = millis.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
            end = part.end();
        }
        if (end == 0 || end < span.length()) {
            throw new IllegalArgumentException("invalid duration: " + span);
        }
        return millis.movePointRight(6).setScale(0, RoundingMode.DOWN).longValue();
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(
                switch (name) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    default -> 3_600_000;
                });
    }

    private static int retries(@Nullable String number) {
        if (number == null) return 0;
        if (!number.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("--retries must be a number: " + number);
        }
        return Integer.parseInt(number);
    }

    /** What the upper one leaves open is the lower one's. */
    static @Nullable Healthcheck over(@Nullable Healthcheck upper, @Nullable Healthcheck lower) {
        if (upper == null || lower == null) return upper == null ? lower : upper;
        return new Healthcheck(
                upper.test().isEmpty() ? lower.test() : upper.test(),
                upper.interval() == 0 ? lower.interval() : upper.interval(),
                upper.timeout() == 0 ? lower.timeout() : upper.timeout(),
                upper.startPeriod() == 0 ? lower.startPeriod() : upper.startPeriod(),
                upper.startInterval() == 0 ? lower.startInterval() : upper.startInterval(),
                upper.retries() == 0 ? lower.retries() : upper.retries());
    }

    /** Without what is left to the defaults. */
    static Map<String, Object> toJson(Healthcheck check) {
        var fields = new TreeMap<String, Object>();
        if (!check.test().isEmpty()) fields.put("Test", check.test());
        if (check.interval() > 0) fields.put("Interval", check.interval());
        if (check.timeout() > 0) fields.put("Timeout", check.timeout());
        if (check.startPeriod() > 0) fields.put("StartPeriod", check.startPeriod());
        if (check.startInterval() > 0) fields.put("StartInterval", check.startInterval());
        if (check.retries() > 0) fields.put("Retries", check.retries());
        return fields;
    }
}
