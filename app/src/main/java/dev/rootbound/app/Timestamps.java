package dev.rootbound.app;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;

/** Points in time as {@code --since} takes them: local unless they say otherwise. */
final class Timestamps {
    private Timestamps() {}

    private static final DateTimeFormatter DISPLAYED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT);

    /** In local time as Go prints it: {@code 2026-11-22 03:34:01 +0000 UTC}. */
    static String display(long epochSecond) {
        var zone = ZoneId.systemDefault();
        var time = Instant.ofEpochSecond(epochSecond).atZone(zone);
        String name =
                TimeZone.getTimeZone(zone)
                        .getDisplayName(
                                zone.getRules().isDaylightSavings(time.toInstant()),
                                TimeZone.SHORT,
                                Locale.ROOT);
        return DISPLAYED.format(time) + " " + name;
    }

    static Optional<Instant> parse(String text) {
        try {
            if (isNumber(text)) return Optional.of(unix(text));
            if (text.length() == 10)
                return Optional.of(
                        LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant());
            boolean zoned =
                    text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
            return Optional.of(
                    zoned
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static boolean isNumber(String text) {
        boolean dot = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && !dot && i > 0) dot = true;
            else if (c < '0' || c > '9') return false;
        }
        return !text.isEmpty() && !text.endsWith(".");
    }

    private static Instant unix(String text) {
        var seconds = new java.math.BigDecimal(text);
        return Instant.ofEpochSecond(
                seconds.longValue(),
                seconds.remainder(java.math.BigDecimal.ONE).movePointRight(9).longValue());
    }
}
