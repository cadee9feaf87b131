package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;

/**
 * Reads the times of a log, {@code 2026-11-22T01:02:03.123456789+00:00}. A log has millions, and
 * many a second: the second is parsed once.
 */
final class LogTime {
    private static final int DOT = 19;
    private static final int ZONE = 29;
    private static final int LENGTH = 35;

    private byte[] last = {};
    private long second;

    /**
     * @throws java.time.DateTimeException if it is no time
     */
    Instant parse(byte[] buffer, int from, int to) {
        if (to - from != LENGTH || buffer[from + DOT] != '.') {
            return whole(buffer, from, to);
        }
        long nanos = digits(buffer, from + DOT + 1, from + ZONE);
        if (nanos < 0) {
            return whole(buffer, from, to);
        }
        if (!isLast(buffer, from)) {
            second = whole(buffer, from, to).getEpochSecond();
            last = Arrays.copyOfRange(buffer, from, to);
        }
        return Instant.ofEpochSecond(second, nanos);
    }

    private boolean isLast(byte[] buffer, int from) {
        return last.length == LENGTH
                && Arrays.equals(buffer, from, from + DOT, last, 0, DOT)
                && Arrays.equals(buffer, from + ZONE, from + LENGTH, last, ZONE, LENGTH);
    }

    /** -1 if they are none. */
    private static long digits(byte[] buffer, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                return -1;
            }
            value = 10 * value + buffer[i] - '0';
        }
        return value;
    }

    private static Instant whole(byte[] buffer, int from, int to) {
        return OffsetDateTime.parse(new String(buffer, from, to - from, US_ASCII)).toInstant();
    }
}
