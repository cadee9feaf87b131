package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import java.util.ArrayList;
import java.util.regex.Pattern;

/**
 * {@code --userns map=INSIDE:OUTSIDE:SIZE[,…]}: host ids that the caller chooses, for users and
 * groups alike. The pool refuses those that are somebody's.
 */
final class UserNamespaceMap {
    private static final String PREFIX = "map=";
    private static final Pattern ENTRY =
            Pattern.compile("([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,10})");

    private UserNamespaceMap() {}

    static boolean is(String mode) {
        return mode.startsWith(PREFIX);
    }

    static IdMaps parse(String mode) {
        var entries = new ArrayList<IdMap.Entry>();
        for (var text : mode.substring(PREFIX.length()).split(",", -1)) {
            var entry = ENTRY.matcher(text);
            if (!entry.matches()) {
                throw invalid(mode, TextRule.shown(text) + " is not INSIDE:OUTSIDE:SIZE");
            }
            long inside = Long.parseLong(entry.group(1));
            long size = Long.parseLong(entry.group(3));
            if (inside + size > IdPool.BLOCK) {
                throw invalid(
                        mode,
                        TextRule.shown(text)
                                + ": a container's ids are 0 to 65535, as images and volumes have");
            }
            entries.add(entry(mode, inside, Long.parseLong(entry.group(2)), size));
        }
        try {
            return IdMaps.of(new IdMap(entries));
        } catch (IllegalArgumentException e) {
            throw invalid(mode, String.valueOf(e.getMessage()));
        }
    }

    private static IdMap.Entry entry(String mode, long inside, long outside, long size) {
        try {
            return new IdMap.Entry(inside, new IdRange(outside, size));
        } catch (IllegalArgumentException e) {
            throw invalid(mode, String.valueOf(e.getMessage()));
        }
    }

    private static EngineException invalid(String mode, String why) {
        return new EngineException.Invalid("--userns " + TextRule.shown(mode) + ": " + why);
    }
}
