package dev.rootbound.docker;

import dev.rootbound.engine.Health;
import dev.rootbound.engine.HealthCheck;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Docker's health checks: as they are asked for, and as they are shown. */
final class AskedHealth {
    private AskedHealth() {}

    /** {@code null}: as the image says. */
    static @Nullable HealthCheck of(Fields config) {
        if (config.get("Healthcheck") == null) {
            return null;
        }
        var check = config.object("Healthcheck");
        try {
            return new HealthCheck(
                    check.texts("Test"),
                    time(check, "Interval"),
                    time(check, "Timeout"),
                    time(check, "StartPeriod"),
                    time(check, "StartInterval"),
                    (int) check.number("Retries", Integer.MIN_VALUE, Integer.MAX_VALUE),
                    List.of());
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
    }

    private static Duration time(Fields check, String name) {
        return Duration.ofNanos(check.number(name, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    /** Without what is left to the defaults, as Docker. */
    static ObjectNode json(HealthCheck check) {
        var json = Json.object();
        if (!check.test().isEmpty()) {
            json.set("Test", Json.array(check.test()));
        }
        time(json, "Interval", check.interval());
        time(json, "Timeout", check.timeout());
        time(json, "StartPeriod", check.startPeriod());
        time(json, "StartInterval", check.startInterval());
        if (check.retries() > 0) {
            json.put("Retries", check.retries());
        }
        return json;
    }

    private static void time(ObjectNode json, String name, Duration time) {
        if (!time.isZero()) {
            json.put(name, time.toNanos());
        }
    }

    static ObjectNode json(Health health) {
        var json = Json.object().put("Status", word(health));
        json.put("FailingStreak", health.failures());
        var log = json.putArray("Log");
        for (var result : health.log()) {
            log.addObject()
                    .put("Start", result.start().toString())
                    .put("End", result.end().toString())
                    .put("ExitCode", result.code())
                    .put("Output", result.output());
        }
        return json;
    }

    /** For a filter: {@code none} without a health check. */
    static String word(@Nullable Health health) {
        return health == null ? "none" : health.status().name().toLowerCase(Locale.ROOT);
    }
}
