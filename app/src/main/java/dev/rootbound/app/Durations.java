package dev.rootbound.app;

import java.math.BigDecimal;

/** Times spans as Go reads them and Docker prints them. */
final class Durations {
    private Durations() {}

    /** Nanoseconds of {@code 1m30s}, {@code 1.5h}, {@code 300ms}. */
    static long parse(String text) {
        if (text.equals("0")) return 0;
        var total = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length()) {
            int unitAt = at;
            while (unitAt < text.length() && "0123456789.".indexOf(text.charAt(unitAt)) >= 0)
                unitAt++;
            int end = unitAt;
            while (end < text.length() && Character.isLetter(text.charAt(end))) end++;
            if (unitAt == at) throw invalid(text);
            total =
                    total.add(
                            amount(text, text.substring(at, unitAt), text.substring(unitAt, end)));
            at = end;
        }
        if (text.isEmpty()) throw invalid(text);
        return total.longValue();
    }

    private static BigDecimal amount(String text, String number, String unit) {
        long nanos =
                switch (unit) {
                    case "ns" -> 1;
                    case "us", "µs" -> 1_000;
                    case "ms" -> 1_000_000;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    default -> throw invalid(text);
                };
        try {
            return new BigDecimal(number).multiply(BigDecimal.valueOf(nanos));
        } catch (NumberFormatException e) {
            throw invalid(text);
        }
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("invalid duration \"" + text + "\"; 1m30s is one");
    }

    /** {@code 5 minutes}, {@code About an hour}, as go-units. */
    static String human(long seconds) {
        long minutes = seconds / 60;
        long hours = (seconds + 1800) / 3600;
        if (seconds < 1) return "Less than a second";
        if (seconds == 1) return "1 second";
        if (seconds < 60) return seconds + " seconds";
        if (minutes == 1) return "About a minute";
        if (minutes < 60) return minutes + " minutes";
        if (hours == 1) return "About an hour";
        if (hours < 48) return hours + " hours";
        if (hours < 24 * 7 * 2) return hours / 24 + " days";
        if (hours < 24 * 30 * 2) return hours / 24 / 7 + " weeks";
        if (hours < 24 * 365 * 2) return hours / 24 / 30 + " months";
        return seconds / 3600 / 24 / 365 + " years";
    }
}
