package dev.rootbound.dockerfile;

import java.util.Arrays;

/**
 * A pattern of {@code ${a#p}} and its like: {@code *} is any text of one line, {@code ?} any
 * character, a backslash makes either, or itself, literal. Matched as a set of states, so that no
 * pattern takes more than its length times that of the value.
 */
final class ShellPattern {
    /** Steps of one match: some hundred milliseconds. */
    private static final long STEPS = 1L << 27;

    private static final int ANY = -1;
    private static final int STAR = -2;
    private static final int NEVER = Integer.MAX_VALUE;

    private final int[] parts;
    private long steps;

    private ShellPattern(int[] parts) {
        this.parts = parts;
    }

    static ShellPattern of(String pattern) throws ExpansionException {
        var parts = new int[pattern.length()];
        int count = 0;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == '*') c = STAR;
            else if (c == '?') c = ANY;
            else if (c == '\\') {
                if (i == pattern.length())
                    throw new ExpansionException("the pattern ends in a backslash");
                c = pattern.codePointAt(i);
                i += Character.charCount(c);
                if ("*?\\}/".indexOf(c) < 0)
                    throw new ExpansionException(
                            "a backslash is only for * ? \\ } and / in a pattern");
            }
            boolean repeated = c == STAR && count > 0 && parts[count - 1] == STAR;
            if (!repeated) parts[count++] = c;
        }
        return new ShellPattern(Arrays.copyOf(parts, count));
    }

    String withoutPrefix(String value, boolean longest) throws ExpansionException {
        var points = value.codePoints().toArray();
        int end = prefix(parts, points, longest);
        return end < 0 ? value : new String(points, end, points.length - end);
    }

    String withoutSuffix(String value, boolean longest) throws ExpansionException {
        var points = value.codePoints().toArray();
        int end = prefix(reversed(parts), reversed(points), longest);
        return end < 0 ? value : new String(points, 0, points.length - end);
    }

    String replaced(String value, String replacement, boolean all, int limit)
            throws ExpansionException {
        var points = value.codePoints().toArray();
        var result = new StringBuilder();
        int from = 0;
        int copied = 0;
        int last = -1;
        while (from <= points.length) {
            long found = find(points, from);
            if (found < 0) break;
            int start = (int) (found >> 32);
            int end = (int) found;
            result.append(new String(points, copied, start - copied));
            // nothing, right behind what was replaced, is no match of its own
            boolean empty = start == end;
            if (!empty || start != last) result.append(replacement);
            last = end;
            if (result.length() > limit) throw ExpansionRun.tooLarge();
            copied = end;
            if (empty && end < points.length) result.appendCodePoint(points[copied++]);
            from = empty ? end + 1 : end;
            if (!all) break;
        }
        if (copied < points.length)
            result.append(new String(points, copied, points.length - copied));
        return result.toString();
    }

    private static int[] reversed(int[] of) {
        var reversed = new int[of.length];
        for (int i = 0; i < of.length; i++) reversed[of.length - 1 - i] = of[i];
        return reversed;
    }

    private int prefix(int[] pattern, int[] value, boolean longest) throws ExpansionException {
        var states = new int[pattern.length + 1];
        Arrays.fill(states, NEVER);
        enter(pattern, states, 0, 0);
        int end = -1;
        for (int i = 0; ; i++) {
            if (states[pattern.length] != NEVER) {
                end = i;
                if (!longest) return end;
            }
            if (i == value.length || !step(pattern, states, value[i])) return end;
        }
    }

    /** The leftmost match and of those the longest, its start and end in one number; or -1. */
    private long find(int[] value, int from) throws ExpansionException {
        var states = new int[parts.length + 1];
        Arrays.fill(states, NEVER);
        int start = NEVER;
        int end = -1;
        for (int i = from; ; i++) {
            if (start == NEVER) enter(parts, states, 0, i);
            int accepted = states[parts.length];
            if (accepted <= start && accepted != NEVER) {
                start = accepted;
                end = i;
                for (int s = 0; s < states.length; s++) if (states[s] > start) states[s] = NEVER;
            }
            boolean alive = i < value.length && step(parts, states, value[i]);
            if (i == value.length || (!alive && start != NEVER)) break;
        }
        return start == NEVER ? -1 : ((long) start << 32) | end;
    }

    /** Each state keeps the earliest start of those that lead to it. */
    private static void enter(int[] pattern, int[] states, int state, int start) {
        int at = state;
        states[at] = Math.min(states[at], start);
        while (at < pattern.length && pattern[at] == STAR) {
            at++;
            states[at] = Math.min(states[at], start);
        }
    }

    private boolean step(int[] pattern, int[] states, int c) throws ExpansionException {
        steps += states.length;
        if (steps > STEPS)
            throw new ExpansionException("the pattern and the value are too long for each other");
        boolean alive = false;
        // from the last, so that none is seen twice
        for (int s = pattern.length; s >= 0; s--) {
            int start = states[s];
            if (start == NEVER) continue;
            states[s] = NEVER;
            if (s == pattern.length) continue;
            int part = pattern[s];
            if (part == STAR) {
                if (c == '\n') continue;
                enter(pattern, states, s, start);
                alive = true;
            } else if (part == ANY ? c != '\n' : part == c) {
                enter(pattern, states, s + 1, start);
                alive = true;
            }
        }
        return alive;
    }
}
