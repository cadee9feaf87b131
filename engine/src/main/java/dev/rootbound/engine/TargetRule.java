package dev.rootbound.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where in a container something may be mounted: no place that the runtime fills itself. */
final class TargetRule {
    private static final int PATH_MAX = 4096;

    private TargetRule() {}

    /**
     * @param what is mounted, for the message
     */
    static void check(String what, String target) {
        var parts = List.of(plain(target).split("/"));
        boolean plain =
                target.startsWith("/") && !parts.contains("..") && target.length() < PATH_MAX;
        if (!plain || parts.size() < 2 || List.of("proc", "sys").contains(parts.get(1))) {
            throw new EngineException.Invalid(
                    "invalid "
                            + what
                            + " target '"
                            + TextRule.shown(target)
                            + "': an absolute path below /, outside of /proc and /sys");
        }
    }

    /** No two mounts at one place. */
    static void check(ContainerSpec spec) {
        targets(spec);
    }

    /** Nor a secret of a step where something else is. */
    static void check(ContainerSpec spec, Builds.Secrets secrets) {
        if (secrets.files().isEmpty()) return;
        var targets = targets(spec);
        for (var secret : secrets.files()) {
            check("secret", secret.target());
            add(targets, secret.target());
        }
    }

    /**
     * Where it has mounts, plain.
     *
     * @throws EngineException.Invalid if two are at one place
     */
    static Set<String> targets(ContainerSpec spec) {
        var targets = new HashSet<String>();
        spec.tmpfs().forEach(tmpfs -> add(targets, tmpfs.target()));
        spec.volumes().forEach(volume -> add(targets, volume.target()));
        spec.binds().forEach(bind -> add(targets, bind.target()));
        spec.isolation().devices().forEach(device -> add(targets, device.target()));
        return targets;
    }

    private static void add(Set<String> targets, String target) {
        if (!targets.add(plain(target))) {
            throw new EngineException.Invalid("Duplicate mount point: " + TextRule.shown(target));
        }
    }

    /** Without doubled and last slashes, and dots that stay where they are. */
    static String plain(String target) {
        var plain = new StringBuilder();
        for (var name : target.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) plain.append('/').append(name);
        }
        return plain.isEmpty() ? "/" : plain.toString();
    }
}
