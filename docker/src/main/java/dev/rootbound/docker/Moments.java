package dev.rootbound.docker;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * The {@code until} of prunes: a time as Docker's GetTimestamp reads it, or how long ago that was
 * ({@code 10m}, {@code 1h30m}).
 */
final class Moments {
    private static final Pattern SPAN = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

    private Moments() {}

    static Instant parse(String text, Instant now) {
        var parts = SPAN.matcher(text);
        var nanos = BigDecimal.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit(parts.group(2))));
            end = parts.end();
        }
        if (end > 0 && end == text.length()) {
            return ago(now, nanos, text);
        }
        return absolute(text);
    }

    private static Instant ago(Instant now, BigDecimal nanos, String text) {
        try {
            return now.minusNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
        } catch (ArithmeticException _) {
            throw new ApiException(400, "until: longer ago than 292 years: " + text);
        }
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(
                switch (name) {
                    case "ns" -> 1L;
                    case "us", "µs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    default -> 3_600_000_000_000L;
                });
    }

    /** Without a zone it is the engine's, which is UTC here. */
    private static Instant absolute(String text) {
        try {
            if (text.length() == 10 && text.charAt(4) == '-') {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            if (text.indexOf('T') == 10 && text.matches(".{10}T[0-9:.]+")) {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            }
        } catch (DateTimeException _) {
            throw new ApiException(400, "until: not a time: " + text);
        }
        var time = Timestamps.parse("until", text);
        return time == null ? Instant.EPOCH : time;
    }
}
