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
            if (Math.abs(candidate.length() - name.length()) >= least) continue;
            if (candidate.equals(name)) return null;
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        // a word of this length is no slip of the finger
        if (a.length() > 100) return Integer.MAX_VALUE;
        var row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
