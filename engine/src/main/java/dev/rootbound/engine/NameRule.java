package dev.rootbound.engine;

import java.util.regex.Pattern;

/**
 * What a host may be called: the labels of RFC 1123, section 2.1, and underscores, which many
 * compose files have; at most what sethostname(2) takes.
 */
final class NameRule {
    private static final int HOST_NAME_MAX = 64;
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");

    private NameRule() {}

    static void check(ContainerSpec spec) {
        check("hostname", spec.hostname());
        check("domainname", spec.domainname());
    }

    private static void check(String what, String name) {
        if (name.isEmpty()) {
            return;
        }
        boolean valid =
                name.length() <= HOST_NAME_MAX
                        && NAME.matcher(name).matches()
                        && !name.contains("..");
        if (!valid) {
            throw new EngineException.Invalid(
                    "invalid "
                            + what
                            + " '"
                            + TextRule.shown(name)
                            + "': letters, digits, '-', '_' and '.', at most "
                            + HOST_NAME_MAX
                            + " of them, no '-' or '.' first or last");
        }
    }
}
