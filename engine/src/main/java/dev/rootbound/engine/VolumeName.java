package dev.rootbound.engine;

import java.util.regex.Pattern;

/** Volumes' names: Docker's rule for those that are given, 64 digits for those that are not. */
final class VolumeName {
    private static final int MAX = 255;
    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    private VolumeName() {}

    static String checked(String name) {
        if (name.length() == 1) {
            throw new EngineException.Invalid(
                    "volume name is too short, names should be at least two alphanumeric characters");
        }
        if (VALID.matcher(name).matches() && name.length() <= MAX) {
            return name;
        }
        throw new EngineException.Invalid(
                "create "
                        + TextRule.shown(name)
                        + ": \""
                        + TextRule.shown(name)
                        + "\" includes invalid characters for a local volume name, only"
                        + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed, at most "
                        + MAX
                        + ". If you intended to pass a host directory, use absolute path");
    }
}
