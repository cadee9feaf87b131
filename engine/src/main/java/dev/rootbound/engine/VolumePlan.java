package dev.rootbound.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Which volumes a container has: those asked for, other containers', its image's. Pure. */
final class VolumePlan {
    private final RandomGenerator random;
    private final Function<String, Container> containers;

    /**
     * @param containers of the caller, by name or id
     */
    VolumePlan(RandomGenerator random, Function<String, Container> containers) {
        this.random = random;
        this.containers = containers;
    }

    /**
     * @param image the targets of its VOLUMEs
     * @return with nothing left open: every volume has its name
     */
    ContainerSpec complete(ContainerSpec spec, List<String> image) {
        if (spec.volumes().isEmpty() && spec.volumesFrom().isEmpty() && image.isEmpty()) {
            return spec;
        }
        var mounts = new ArrayList<VolumeMount>(spec.volumes());
        for (var from : spec.volumesFrom()) {
            others(from).stream()
                    .filter(mount -> !isTaken(mount, spec, mounts))
                    .forEach(mounts::add);
        }
        for (var target : image) {
            var mount = VolumeMount.anonymous(target);
            if (!isTaken(mount, spec, mounts)) mounts.add(mount);
        }
        return spec.with(own -> {
            own.volumes = mounts.stream().map(this::named).toList();
            own.volumesFrom = List.of();
        });
    }

    /** {@code CONTAINER[:ro|rw]}. */
    private List<VolumeMount> others(String from) {
        int colon = from.indexOf(':');
        var mode = colon < 0 ? "" : from.substring(colon + 1);
        if (!List.of("", "rw", "ro").contains(mode)) {
            throw new EngineException.Invalid("invalid mode for volumes-from: " + mode);
        }
        var container = containers.apply(colon < 0 ? from : from.substring(0, colon));
        return container.spec().volumes().stream()
                .map(VolumeMount::withoutCopy)
                .map(mount -> mode.equals("ro") ? mount.withReadOnly(true) : mount)
                .toList();
    }

    private static boolean isTaken(
            VolumeMount mount, ContainerSpec spec, List<VolumeMount> mounts) {
        var target = TargetRule.plain(mount.target());
        return mounts.stream().anyMatch(m -> TargetRule.plain(m.target()).equals(target))
                || spec.tmpfs().stream().anyMatch(t -> TargetRule.plain(t.target()).equals(target));
    }

    private VolumeMount named(VolumeMount mount) {
        return mount.volume().isEmpty() ? mount.withName(VolumeName.fresh(random)) : mount;
    }
}
