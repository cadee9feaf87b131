package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pattern of a {@code .dockerignore}, as a machine whose states are a set of bits: it takes a
 * path part by part, and no path or pattern makes it slow.
 */
final class IgnorePattern {
    private sealed interface Part {}

    private record One(int c) implements Part {}

    /** {@code ?} */
    private record AnyOne() implements Part {}

    /** {@code *} */
    private record AnyName() implements Part {}

    /** A {@code **} at the end. */
    private record AnyPath() implements Part {}

    /** A {@code **} before something: nothing, or directories; {@link Inside} always follows. */
    private record Directories() implements Part {}

    private record Inside() implements Part {}

    /** {@code [a-z]}: pairs of first and last. */
    private record Range(List<int[]> ranges, boolean negated) implements Part {
        boolean has(int c) {
            return ranges.stream().anyMatch(range -> range[0] <= c && c <= range[1]) != negated;
        }
    }

    private final List<Part> parts;
    private final boolean exception;
    private final boolean all;

    private IgnorePattern(List<Part> parts, boolean exception, boolean all) {
        this.parts = parts;
        this.exception = exception;
        this.all = all;
    }

    /** {@code written} has no spaces around it and is not empty. */
    static IgnorePattern of(String written) {
        boolean exception = written.startsWith("!");
        var path = clean(Spaces.trim(exception ? written.substring(1) : written));
        if (path.length() > 1 && path.startsWith("/")) path = path.substring(1);
        if (exception && (path.isEmpty() || path.equals("/")))
            throw new IllegalArgumentException("a pattern is expected after !");
        boolean all = path.equals("*") || path.equals("**") || path.equals("**/*");
        return new IgnorePattern(new Compiler(path).parts(), exception, all && !exception);
    }

    /** Whether it begins with {@code !}. */
    boolean isException() {
        return exception;
    }

    boolean isAll() {
        return all;
    }

    long[] start() {
        var states = new long[parts.size() / 64 + 1];
        enter(states, 0);
        return states;
    }

    /** The states after some more of a path. */
    long[] step(long[] before, String text) {
        var states = before.clone();
        var next = new long[before.length];
        for (int i = 0; i < text.length() && isAlive(states); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            Arrays.fill(next, 0);
            step(states, next, c);
            var swapped = states;
            states = next;
            next = swapped;
        }
        return states;
    }

    boolean isMatch(long[] states) {
        return isSet(states, parts.size());
    }

    boolean isAlive(long[] states) {
        for (var word : states) if (word != 0) return true;
        return false;
    }

    private void step(long[] before, long[] after, int c) {
        for (int word = 0; word < before.length; word++) {
            for (long bits = before[word]; bits != 0; bits &= bits - 1) {
                int state = word * 64 + Long.numberOfTrailingZeros(bits);
                if (state < parts.size()) step(after, state, c);
            }
        }
    }

    private void step(long[] after, int state, int c) {
        switch (parts.get(state)) {
            case One(int wanted) -> {
                if (c == wanted) enter(after, state + 1);
            }
            case AnyOne _ -> {
                if (c != '/') enter(after, state + 1);
            }
            case Range range -> {
                if (range.has(c)) enter(after, state + 1);
            }
            case AnyName _ -> {
                if (c != '/') enter(after, state);
            }
            case AnyPath _ -> enter(after, state);
            case Inside _ -> {
                enter(after, state);
                if (c == '/') enter(after, state + 1);
            }
            case Directories _ -> {}
        }
    }

    private void enter(long[] states, int from) {
        int state = from;
        while (!isSet(states, state)) {
            states[state / 64] |= 1L << (state % 64);
            if (state == parts.size()) return;
            switch (parts.get(state)) {
                case AnyName _, AnyPath _ -> state++;
                case Directories _ -> {
                    states[(state + 1) / 64] |= 1L << ((state + 1) % 64);
                    state += 2;
                }
                default -> {
                    return;
                }
            }
        }
    }

    private static boolean isSet(long[] states, int state) {
        return (states[state / 64] & (1L << (state % 64))) != 0;
    }

    /** A path without {@code .}, {@code ..} and slashes that mean nothing. */
    static String clean(String path) {
        if (path.isEmpty()) return path;
        boolean rooted = path.startsWith("/");
        var names = new ArrayList<String>();
        for (var name : path.split("/", -1)) {
            boolean up = name.equals("..");
            if (name.isEmpty() || name.equals(".")) continue;
            if (up && !names.isEmpty() && !names.getLast().equals("..")) names.removeLast();
            else if (!up || !rooted) names.add(name);
        }
        var cleaned = String.join("/", names);
        if (rooted) return "/" + cleaned;
        return cleaned.isEmpty() ? "." : cleaned;
    }

    /** Makes parts of a pattern. */
    private static final class Compiler {
        private final int[] points;
        private final List<Part> parts = new ArrayList<>();
        private int at;

        Compiler(String pattern) {
            points = pattern.codePoints().toArray();
        }

        List<Part> parts() {
            while (at < points.length) {
                int c = points[at++];
                switch (c) {
                    case '*' -> star();
                    case '?' -> parts.add(new AnyOne());
                    case '[' -> parts.add(range());
                    case '\\' -> parts.add(new One(escaped()));
                    default -> parts.add(new One(c));
                }
            }
            return parts;
        }

        private void star() {
            if (!is('*')) {
                parts.add(new AnyName());
                return;
            }
            boolean first = at == 1;
            at++;
            boolean slash = is('/');
            if (slash) at++;
            // behind **, no wildcard: Docker compares ends, which need not be whole names
            boolean suffix = first && !slash && isLiteral(at);
            if (at == points.length || suffix) {
                parts.add(new AnyPath());
                return;
            }
            parts.add(new Directories());
            parts.add(new Inside());
        }

        private boolean isLiteral(int from) {
            return Arrays.stream(points, from, points.length)
                    .noneMatch(c -> "*?[]\\".indexOf(c) >= 0);
        }

        private boolean is(int c) {
            return at < points.length && points[at] == c;
        }

        private int escaped() {
            if (at == points.length)
                throw new IllegalArgumentException("the pattern ends in a backslash");
            return points[at++];
        }

        private Range range() {
            boolean negated = is('^');
            if (negated) at++;
            var ranges = new ArrayList<int[]>();
            while (!is(']') || ranges.isEmpty()) {
                int first = bound();
                int last = first;
                if (is('-')) {
                    at++;
                    last = bound();
                }
                if (last < first)
                    throw new IllegalArgumentException("a range in [] ends before it begins");
                ranges.add(new int[] {first, last});
            }
            at++;
            return new Range(ranges, negated);
        }

        private int bound() {
            if (at == points.length) throw new IllegalArgumentException("the closing ] is missing");
            int c = points[at++];
            if (c == '-' || c == ']')
                throw new IllegalArgumentException(
                        "a character is expected in [], not " + (char) c);
            return c == '\\' ? escaped() : c;
        }
    }
}
