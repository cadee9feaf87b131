package dev.rootbound.dockerfile;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names, their case, and which one somebody may have meant. */
final class Names {
    /** So many letters at most are wrong in what was meant. */
    private static final int NEAR = 2;

    private Names() {}

    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    static boolean isLower(String name) {
        return name.equals(lower(name));
    }

    static boolean isUpper(String name) {
        return name.equals(upper(name));
    }

    /** " (did you mean X?)", or nothing. */
    static String meant(String name, Collection<String> known) {
        var nearest = nearest(name, known);
        return nearest == null ? "" : " (did you mean " + nearest + "?)";
    }

    static @Nullable String nearest(String name, Collection<String> known) {
        String nearest = null;
        int least = NEAR + 1;
        for (var candidate : known) {
            if (Math.abs(candidate.length() - name.length()) > least) continue;
            if (candidate.equals(name)) return null;
            int distance = distance(name, candidate);
            boolean first = nearest == null || candidate.compareTo(nearest) < 0;
            if (distance < least || (distance == least && distance <= NEAR && first)) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein's, with two letters that changed places as one change. */
    private static int distance(String a, String b) {
        // a word of this length is no slip of the finger
        if (a.length() > 100) return Integer.MAX_VALUE;
        var rows = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                rows[i][j] = i == 0 || j == 0 ? i + j : distance(rows, a, b, i, j);
            }
        }
        return rows[a.length()][b.length()];
    }

    private static int distance(int[][] rows, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int replaced = rows[i - 1][j - 1] + (same ? 0 : 1);
        int least = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
    }
}
