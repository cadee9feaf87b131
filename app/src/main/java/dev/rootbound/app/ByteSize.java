package dev.rootbound.app;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Sizes as Docker reads and prints them (go-units): read in powers of 1024, printed of 1000. */
final class ByteSize {
    private static final String LETTERS = "bkmgtp";
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private ByteSize() {}

    /** {@code 64m}, {@code 1.5GiB}, {@code 100}, and {@code -1} for no limit. */
    static long parse(String text) {
        if (text.equals("-1")) return -1;
        int end = 0;
        while (end < text.length()
                && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) end++;
        int power = power(text.substring(end).strip());
        if (end == 0 || power < 0)
            throw new IllegalArgumentException("invalid size: '" + text + "'");
        try {
            return new BigDecimal(text.substring(0, end))
                    .multiply(BigDecimal.valueOf(1L << (10 * power)))
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException("invalid size: '" + text + "'", e);
        }
    }

    private static int power(String unit) {
        if (unit.isEmpty()) return 0;
        int power = LETTERS.indexOf(Character.toLowerCase(unit.charAt(0)));
        String rest = unit.substring(1).toLowerCase(java.util.Locale.ROOT);
        if (rest.isEmpty()) return power;
        return power > 0 && (rest.equals("b") || rest.equals("ib")) ? power : -1;
    }

    /** Three digits: {@code 4.26MB}. */
    static String human(long bytes) {
        return human(bytes, 3);
    }

    static String human(long bytes, int digits) {
        var size = BigDecimal.valueOf(bytes);
        int unit = 0;
        var precision = new MathContext(digits, RoundingMode.HALF_EVEN);
        var rounded = size.round(precision);
        while (rounded.compareTo(BigDecimal.valueOf(1000)) >= 0 && unit < UNITS.length - 1) {
            size = size.movePointLeft(3);
            rounded = size.round(precision);
            unit++;
        }
        return rounded.signum() == 0
                ? "0B"
                : rounded.stripTrailingZeros().toPlainString() + UNITS[unit];
    }

    /** Four digits in powers of 1024, as {@code info} prints memory: {@code 23.59GiB}. */
    static String humanBinary(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.length - 1) {
            size /= 1024;
            unit++;
        }
        return new BigDecimal(size).round(new MathContext(4)).stripTrailingZeros().toPlainString()
                + units[unit];
    }
}
