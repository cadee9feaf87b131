package dev.rootbound.docker;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Matching by a client's own pattern, with a bound on how long one may take. */
final class Patterns {
    private static final int MOST_STEPS = 200_000;

    private Patterns() {}

    /** Whether the regular expression is found; one that is none is compared as text. */
    static boolean found(String expression, String text) {
        try {
            return Pattern.compile(expression).matcher(new Bounded(text, new int[1])).find();
        } catch (PatternSyntaxException _) {
            return expression.equals(text);
        } catch (StackOverflowError _) {
            throw tooCostly();
        }
    }

    /**
     * Whether a pattern of Go's path.Match fits all of the text: {@code *} and {@code ?} do not
     * match '/', {@code [a-z]} and {@code [^a-z]} are classes, a backslash takes away a meaning.
     */
    static boolean glob(String glob, String text) {
        var expression = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> expression.append("[^/]*");
                case '?' -> expression.append("[^/]");
                case '[' -> i = characters(glob, i + 1, expression);
                case '\\' -> quote(glob, ++i, expression);
                default -> quote(glob, i, expression);
            }
        }
        var pattern = Pattern.compile(expression.toString());
        return pattern.matcher(new Bounded(text, new int[1])).matches();
    }

    private static void quote(String glob, int at, StringBuilder expression) {
        if (at >= glob.length()) {
            throw bad(glob);
        }
        expression.append(Pattern.quote(glob.substring(at, at + 1)));
    }

    /** Returns where the class ends. */
    private static int characters(String glob, int from, StringBuilder expression) {
        int at = from;
        boolean negated = at < glob.length() && glob.charAt(at) == '^';
        expression.append(negated ? "(?![" : "(?=[");
        at += negated ? 1 : 0;
        int first = at;
        while (at < glob.length() && (glob.charAt(at) != ']' || at == first)) {
            char c = glob.charAt(at);
            if (c == '-' && at > first) {
                expression.append('-');
            } else {
                at += c == '\\' ? 1 : 0;
                quote(glob, at, expression);
            }
            at++;
        }
        if (at >= glob.length() || at == first) {
            throw bad(glob);
        }
        expression.append("])[^/]");
        return at;
    }

    private static ApiException bad(String glob) {
        return new ApiException(400, "syntax error in pattern: " + glob);
    }

    private static ApiException tooCostly() {
        return new ApiException(400, "invalid filter: the pattern takes too long to match");
    }

    /** java.util.regex backtracks without limit; this ends it. */
    @SuppressWarnings("ArrayRecordComponent") // a counter shared by the parts of one text
    private record Bounded(String text, int[] steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MOST_STEPS) {
                throw tooCostly();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.substring(start, end), steps);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
