package dev.rootbound.runtime;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** When a user or group is meant as a number. */
final class AccountNumber {
    private static final Pattern DECIMAL = Pattern.compile("0*([0-9]{1,10})");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    /** What would be a number for some reader: {@code -1}, {@code +0}, {@code 0x0}. */
    private static final Pattern ALMOST = Pattern.compile("[+-].*|0[xXoObB][0-9a-fA-F]*");

    private static final long MAX = Integer.MAX_VALUE;

    private AccountNumber() {}

    /**
     * Empty if it is a name.
     *
     * @param what {@code user} or {@code group}, for the message
     */
    static OptionalLong parse(String what, String text) throws InvalidSpec {
        if (DIGITS.matcher(text).matches()) {
            var number = field(text);
            if (number.isEmpty()) {
                throw new InvalidSpec(
                        what + " " + text + ": uids and gids must be in range 0-" + MAX);
            }
            return number;
        }
        if (ALMOST.matcher(text).matches() || hasForeignDigit(text)) {
            throw new InvalidSpec(
                    what + " '" + text + "' is neither a number from 0 to " + MAX + " nor a name");
        }
        return OptionalLong.empty();
    }

    /** A number in passwd or group; empty if it is none that can be used. */
    static OptionalLong field(String text) {
        var decimal = DECIMAL.matcher(text);
        if (!decimal.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(decimal.group(1));
        return number > MAX ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static boolean hasForeignDigit(String text) {
        return text.codePoints().anyMatch(c -> c > 127 && Character.isDigit(c));
    }
}
