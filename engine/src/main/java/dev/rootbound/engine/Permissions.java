package dev.rootbound.engine;

import dev.rootbound.rootfs.HostMounts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a caller may have, and why. Pure. */
final class Permissions {
    private final Caller caller;
    private final String name;
    private final String file;
    private final Map<Setting, Allowed> allowed;

    /**
     * @param name the caller's, for people
     * @param file where more could be allowed
     */
    Permissions(Caller caller, String name, String file, Map<Setting, Allowed> allowed) {
        this.caller = caller;
        this.name = name;
        this.file = file;
        this.allowed = Map.copyOf(allowed);
    }

    /** Of each setting what is allowed. */
    List<Allowed> all() {
        return Arrays.stream(Setting.values()).map(this::of).toList();
    }

    /** Where more could be allowed. */
    String file() {
        return file;
    }

    /** What decides about host paths. */
    String pathRule() {
        return of(Setting.HOST_PATHS).text();
    }

    private Allowed of(Setting setting) {
        var found = allowed.get(setting);
        if (found == null) throw new IllegalStateException("nothing is said of " + setting);
        return found;
    }

    /** Whether it may be. */
    boolean has(Ask ask) {
        if (isOutside(ask)) return false;
        var found = of(ask.setting());
        return found.hasAll() || ask.words().stream().anyMatch(found::has);
    }

    /** A caller in a container is nobody on the host, whatever its tenant may have there. */
    private boolean isOutside(Ask ask) {
        return caller.leased() && ask.reachesHost();
    }

    /** The rule that decides. */
    String rule(Ask ask) {
        return isOutside(ask) ? "a caller in a container is nobody on the host" : of(ask).text();
    }

    private Allowed of(Ask ask) {
        return of(ask.setting());
    }

    /**
     * Refuses what may not be.
     *
     * @return what of it is more than other containers have
     * @throws EngineException.Denied naming the rule that decided
     */
    List<Grant> check(List<Ask> asks) {
        for (var ask : asks) if (!has(ask)) throw refused(ask);
        return asks.stream().filter(Ask::more).map(this::grant).toList();
    }

    private Grant grant(Ask ask) {
        return new Grant(ask.setting().key(), ask.what(), of(ask).rule());
    }

    EngineException.Denied refused(Ask ask) {
        return new EngineException.Denied(
                ask.what()
                        + " is refused to "
                        + name
                        + " by "
                        + rule(ask)
                        + "; "
                        + ask.setting().remedy()
                        + ", or root allows it in "
                        + file);
    }

    /** Whether a host path matters. */
    boolean judgesPaths() {
        return !of(Setting.HOST_PATHS).paths().rules().isEmpty();
    }

    /**
     * Refuses a host path that may not be in a container.
     *
     * @param real without a link, a char a byte
     * @param others at which it is seen, too, or what is mounted below it
     */
    void checkPath(BindMount bind, String real, List<String> others) {
        var access = of(Setting.HOST_PATHS).paths().of(real, others);
        if (access == HostPaths.Access.ALLOWED) return;
        boolean nothing = bind.access() == HostMounts.Access.NOTHING;
        if (access == HostPaths.Access.READ_ONLY && nothing) return;
        var source = TextRule.shown(bind.source());
        var what =
                access == HostPaths.Access.READ_ONLY
                        ? "host path " + source + ", other than read-only (:ro),"
                        : "host path " + source;
        throw refused(new Ask(Setting.HOST_PATHS, real, what, false));
    }

    /** Whether it matters which registry an image is from. */
    boolean judgesImages() {
        return !of(Setting.IMAGE_REGISTRIES).hasAll();
    }

    /** Whether a container has the engine's own capabilities without asking for them. */
    boolean keepsCapabilities() {
        var found = of(Setting.CAPABILITIES);
        return found.hasAll() || found.words().contains(Setting.DEFAULT);
    }

    /** Whether set-user-ID programs may give a process more than it has. */
    boolean mayGainPrivileges() {
        return of(Setting.NO_NEW_PRIVILEGES).has("optional");
    }

    /** Why the container's user may not be root inside; empty if it may. */
    String rootRefused() {
        var ask = new Ask(Setting.ROOT_USER, "allow", "user root", false);
        return has(ask) ? "" : rule(ask);
    }

    /** Why the container's processes may not make set-user-ID files; empty if they may. */
    String setIdsRefused() {
        var ask = new Ask(Setting.SET_USER_ID_FILES, "allow", "set-user-ID files", false);
        return has(ask) ? "" : rule(ask);
    }
}
