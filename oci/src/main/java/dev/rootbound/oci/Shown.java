package dev.rootbound.oci;

import java.util.regex.Pattern;

/** Foreign text for a message: bounded, and without what moves a terminal's cursor or its words. */
public final class Shown {
    /** Controls of C0 and C1, line separators, and formats such as the turns of direction. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Shown() {}

    /**
     * @param most characters of it
     */
    public static String of(String text, int most) {
        var start = text.length() > most ? text.substring(0, most) + "…" : text;
        return UNSEEN.matcher(start).replaceAll(" ");
    }
}
