package dev.rootbound.dockerfile;

import java.util.regex.Pattern;

/** Whether a name can be that of an image, by the grammar of references. */
final class ImageName {
    private static final int LONGEST = 1000;
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,}");
    private static final Pattern HOST = Pattern.compile("[\\w.\\[\\]:-]+");
    private static final Pattern PART = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
    private static final Pattern ID = Pattern.compile("[a-f0-9]{64}");

    private ImageName() {}

    static boolean isValid(String name) {
        if (name.length() > LONGEST || ID.matcher(name).matches()) return false;
        var rest = name;
        int at = rest.indexOf('@');
        if (at >= 0) {
            if (!DIGEST.matcher(rest.substring(at + 1)).matches()) return false;
            rest = rest.substring(0, at);
        }
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            if (!TAG.matcher(rest.substring(colon + 1)).matches()) return false;
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        if (slash > 0 && isHost(rest.substring(0, slash))) {
            if (!HOST.matcher(rest.substring(0, slash)).matches()) return false;
            rest = rest.substring(slash + 1);
        }
        for (var part : rest.split("/", -1)) if (!PART.matcher(part).matches()) return false;
        return true;
    }

    private static boolean isHost(String first) {
        return first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !Names.isLower(first);
    }
}
