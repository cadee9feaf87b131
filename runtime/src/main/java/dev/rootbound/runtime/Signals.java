package dev.rootbound.runtime;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Names and numbers of signal(7), as on x86 and ARM. */
public final class Signals {
    /** SIGRTMIN and SIGRTMAX as the C libraries have them: two or three below are theirs. */
    private static final int RTMIN = 34;

    private static final int RTMAX = 64;

    private static final Pattern NUMBER = Pattern.compile("0*([1-9][0-9]?)");
    private static final Map<Integer, String> NAMES = names();
    private static final Map<String, Integer> NUMBERS = numbers();

    private Signals() {}

    private static Map<Integer, String> names() {
        var list =
                "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD"
                        + " CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";
        var names = new HashMap<Integer, String>();
        int number = 1;
        for (var name : list.split(" ", -1)) {
            names.put(number++, name);
        }
        names.put(RTMIN, "RTMIN");
        names.put(RTMAX, "RTMAX");
        for (int n = 1; n <= 15; n++) {
            names.put(RTMIN + n, "RTMIN+" + n);
        }
        for (int n = 1; n <= 14; n++) {
            names.put(RTMAX - n, "RTMAX-" + n);
        }
        return Map.copyOf(names);
    }

    private static Map<String, Integer> numbers() {
        var numbers = new HashMap<String, Integer>();
        NAMES.forEach((number, name) -> numbers.put(name, number));
        numbers.putAll(Map.of("IOT", 6, "CLD", 17, "POLL", 29)); // second names
        return Map.copyOf(numbers);
    }

    /** The number of {@code SIGTERM}, {@code term}, {@code 15} or {@code RTMIN+3}. */
    public static int number(String signal) throws InvalidSpec {
        var digits = NUMBER.matcher(signal);
        if (digits.matches()) {
            int number = Integer.parseInt(digits.group(1));
            if (number <= RTMAX) {
                return number;
            }
        }
        var upper = signal.toUpperCase(Locale.ROOT);
        var number = NUMBERS.get(upper.startsWith("SIG") ? upper.substring(3) : upper);
        if (number == null) {
            throw new InvalidSpec("invalid signal: " + signal);
        }
        return number;
    }

    /** {@code SIGTERM}; the number itself where there is no name. */
    public static String name(int number) {
        var name = NAMES.get(number);
        return name == null ? Integer.toString(number) : "SIG" + name;
    }
}
