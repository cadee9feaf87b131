package dev.rootbound.app;

import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.rootfs.HostArchive;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a directory is in a build's context.
 *
 * @param needed paths from here that are in it whatever the ignore file says: the engine reads them
 * @param kept whether this is one of those
 */
record ContextChoice(Ignore.Match match, List<String> needed, boolean kept)
        implements HostArchive.Choice {
    static ContextChoice of(Ignore ignore, List<String> needed) {
        return new ContextChoice(ignore.root(), needed, false);
    }

    @Override
    public ContextChoice below(String name) {
        if (needed.isEmpty()) return new ContextChoice(match.below(name), needed, false);
        var below = new ArrayList<String>();
        boolean isNeeded = false;
        for (String path : needed) {
            if (path.equals(name)) isNeeded = true;
            else if (path.startsWith(name + "/")) below.add(path.substring(name.length() + 1));
        }
        return new ContextChoice(match.below(name), List.copyOf(below), isNeeded);
    }

    @Override
    public boolean isChosen() {
        return kept || !match.isExcluded();
    }

    @Override
    public boolean mayBeBelow() {
        return !needed.isEmpty() || match.mayIncludeBelow();
    }
}
