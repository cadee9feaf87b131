package dev.rootbound.dockerfile;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/** Numbers as Go writes them, which Dockerfiles do too. */
final class Numbers {
    private static final BigDecimal LONGEST = new BigDecimal(Long.MAX_VALUE);

    /** Nanoseconds. */
    private static final Map<String, Long> UNITS =
            Map.of(
                    "ns", 1L,
                    "us", 1_000L,
                    "\u00b5s", 1_000L,
                    "\u03bcs", 1_000L,
                    "ms", 1_000_000L,
                    "s", 1_000_000_000L,
                    "m", 60_000_000_000L,
                    "h", 3_600_000_000_000L);

    private Numbers() {}

    /** {@code 1m30s}; {@code 0} needs no unit. */
    static Duration parseDuration(String text) {
        if (text.equals("0")) return Duration.ZERO;
        boolean negative = text.startsWith("-");
        int at = negative || text.startsWith("+") ? 1 : 0;
        if (at == text.length()) throw notADuration(text);
        var total = BigDecimal.ZERO;
        while (at < text.length()) {
            int unit = at;
            while (unit < text.length() && isNumber(text.charAt(unit))) unit++;
            int end = unit;
            while (end < text.length() && !isNumber(text.charAt(end))) end++;
            var factor = UNITS.get(text.substring(unit, end));
            if (factor == null || unit == at || unit - at > 30) throw notADuration(text);
            try {
                var number = new BigDecimal(text.substring(at, unit));
                total = total.add(number.multiply(BigDecimal.valueOf(factor)));
            } catch (NumberFormatException _) {
                throw notADuration(text);
            }
            if (total.compareTo(LONGEST) > 0) throw notADuration(text);
            at = end;
        }
        long nanoseconds = total.longValue();
        return Duration.ofNanos(negative ? -nanoseconds : nanoseconds);
    }

    private static boolean isNumber(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }

    private static IllegalArgumentException notADuration(String text) {
        return new IllegalArgumentException(
                "not a duration: " + text + "; expected is one such as 30s or 1m30s");
    }

    /** {@code 64m} and its like, in bytes: a unit is a power of 1024. */
    static long parseBytes(String text) {
        var digits = Names.lower(text);
        if (digits.endsWith("ib")) digits = digits.substring(0, digits.length() - 2);
        else if (digits.endsWith("b")) digits = digits.substring(0, digits.length() - 1);
        int power = digits.isEmpty() ? -1 : "kmgtp".indexOf(digits.charAt(digits.length() - 1));
        if (power >= 0) digits = digits.substring(0, digits.length() - 1);
        digits = Spaces.trim(digits);
        if (digits.isEmpty() || digits.length() > 30 || !digits.chars().allMatch(Numbers::isNumber))
            throw notASize(text);
        try {
            var bytes =
                    new BigDecimal(digits).multiply(BigDecimal.valueOf(1L << (10 * (power + 1))));
            if (bytes.compareTo(LONGEST) > 0) throw notASize(text);
            return bytes.longValue();
        } catch (NumberFormatException _) {
            throw notASize(text);
        }
    }

    private static boolean isNumber(int c) {
        return isNumber((char) c);
    }

    private static IllegalArgumentException notASize(String text) {
        return new IllegalArgumentException(
                "not a size: " + text + "; expected is one such as 64m or 1g");
    }

    static boolean parseBoolean(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new IllegalArgumentException("not true or false: " + text);
        };
    }
}
