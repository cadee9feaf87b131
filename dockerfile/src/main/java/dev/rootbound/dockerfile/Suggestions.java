package dev.rootbound.dockerfile;

import java.util.Set;
import java.util.function.Supplier;

/** What may have been meant, for the first of many names: each is compared with all others. */
final class Suggestions {
    private static final int MOST = 50;

    private int made;

    /** " (did you mean X?)", or nothing. */
    String meant(String prefix, String name, Supplier<Set<String>> known) {
        if (made++ >= MOST) return "";
        var nearest = Names.nearest(name, known.get());
        return nearest == null ? "" : " (did you mean " + prefix + nearest + "?)";
    }
}
