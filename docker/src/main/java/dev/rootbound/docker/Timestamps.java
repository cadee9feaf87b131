package dev.rootbound.docker;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Moments as Docker writes and reads them. */
final class Timestamps {
    /** What Docker shows for "never": Go's zero time. */
    static final String NEVER = "0001-01-01T00:00:00Z";

    private static final Pattern SECONDS = Pattern.compile("(-?\\d{1,15})(?:\\.(\\d{1,9}))?");
    private static final DateTimeFormatter NINE_DIGITS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** RFC 3339 with always nine digits of a second, as logs have it. */
    static String nanos(Instant time) {
        return NINE_DIGITS.format(time);
    }

    /** Reads {@code seconds[.nanoseconds]} or RFC 3339; empty and 0 are {@code null}. */
    static @Nullable Instant parse(String name, String text) {
        if (text.isEmpty() || text.equals("0")) {
            return null;
        }
        var seconds = SECONDS.matcher(text);
        try {
            if (!seconds.matches()) {
                return OffsetDateTime.parse(text).toInstant();
            }
            var fraction = seconds.group(2);
            long nanos =
                    fraction == null ? 0 : Long.parseLong((fraction + "00000000").substring(0, 9));
            return Instant.ofEpochSecond(Long.parseLong(seconds.group(1)), nanos);
        } catch (DateTimeException _) {
            throw new ApiException(
                    400, name + ": neither seconds since 1970 nor an RFC 3339 time: " + text);
        }
    }
}
