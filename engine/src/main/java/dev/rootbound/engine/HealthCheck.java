package dev.rootbound.engine;

import dev.rootbound.oci.ImageConfig;
import java.time.Duration;
import java.util.List;

/**
 * How a container's health is probed. Empty and zero mean "as the image says", and in a container
 * that is made Docker's defaults.
 *
 * @param test {@code CMD} and words, {@code CMD-SHELL} and a line, or {@code NONE}
 * @param interval between a probe's end and the next
 * @param timeout after which a probe has failed and is killed
 * @param startPeriod in which failures do not count, until the first success
 * @param startInterval between probes in that period
 * @param retries failures in a row that make it unhealthy
 * @param shell that runs the line of {@code CMD-SHELL}
 */
public record HealthCheck(
        List<String> test,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries,
        List<String> shell) {
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration START_INTERVAL = Duration.ofSeconds(5);
    private static final int RETRIES = 3;
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    public HealthCheck {
        test = List.copyOf(test);
        shell = List.copyOf(shell);
        least("Interval", interval);
        least("Timeout", timeout);
        least("StartPeriod", startPeriod);
        least("StartInterval", startInterval);
        if (retries < 0) {
            throw new IllegalArgumentException("Retries in Healthcheck cannot be negative");
        }
    }

    private static void least(String what, Duration given) {
        if (!given.isZero() && given.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(what + " in Healthcheck cannot be less than 1ms");
        }
    }

    /** What this leaves open is the other's. */
    HealthCheck orElse(HealthCheck other) {
        return new HealthCheck(
                test.isEmpty() ? other.test : test,
                or(interval, other.interval),
                or(timeout, other.timeout),
                or(startPeriod, other.startPeriod),
                or(startInterval, other.startInterval),
                retries == 0 ? other.retries : retries,
                shell.isEmpty() ? other.shell : shell);
    }

    private static Duration or(Duration own, Duration other) {
        return own.isZero() ? other : own;
    }

    /** What a probe executes; empty: there is none. */
    List<String> argv() {
        var words = test.isEmpty() ? test : test.subList(1, test.size());
        return switch (test.isEmpty() ? "NONE" : test.getFirst()) {
            case "CMD" -> words;
            case "CMD-SHELL" -> {
                var argv = new java.util.ArrayList<>(shell.isEmpty() ? SHELL : shell);
                argv.addAll(words);
                yield argv;
            }
            default -> List.of();
        };
    }

    Duration intervalOrDefault() {
        return or(interval, INTERVAL);
    }

    Duration timeoutOrDefault() {
        return or(timeout, TIMEOUT);
    }

    Duration startIntervalOrDefault() {
        return or(startInterval, START_INTERVAL);
    }

    int retriesOrDefault() {
        return retries == 0 ? RETRIES : retries;
    }

    /** As an image's configuration says it. */
    public ImageConfig.Healthcheck toImage() {
        return new ImageConfig.Healthcheck(
                test,
                interval.toNanos(),
                timeout.toNanos(),
                startPeriod.toNanos(),
                startInterval.toNanos(),
                retries);
    }
}
