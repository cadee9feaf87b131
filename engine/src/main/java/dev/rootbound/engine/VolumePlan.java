package dev.rootbound.engine;

import dev.rootbound.rootfs.HostMounts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Which volumes and bind mounts a container has: those asked for, other containers', its image's.
 * Pure.
 */
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
        var binds = new ArrayList<BindMount>(spec.binds());
        var taken = new HashSet<String>(); // targets
        spec.tmpfs().forEach(tmpfs -> taken.add(TargetRule.plain(tmpfs.target())));
        mounts.forEach(mount -> taken.add(TargetRule.plain(mount.target())));
        binds.forEach(bind -> taken.add(TargetRule.plain(bind.target())));
        for (var from : spec.volumesFrom()) {
            var others = Others.of(from, containers);
            for (var mount : others.volumes()) {
                if (taken.add(TargetRule.plain(mount.target()))) mounts.add(mount);
            }
            for (var bind : others.binds()) {
                if (taken.add(TargetRule.plain(bind.target()))) binds.add(bind);
            }
        }
        for (var target : image) {
            if (taken.add(TargetRule.plain(target))) mounts.add(VolumeMount.anonymous(target));
        }
        return spec.with(own -> {
            own.volumes = mounts.stream().map(this::named).toList();
            own.binds = binds;
            own.volumesFrom = List.of();
        });
    }

    /** What {@code CONTAINER[:ro|rw]} gives. */
    private record Others(ContainerSpec spec, boolean readOnly) {
        static Others of(String from, Function<String, Container> containers) {
            int colon = from.indexOf(':');
            var mode = colon < 0 ? "" : from.substring(colon + 1);
            if (!List.of("", "rw", "ro").contains(mode)) {
                throw new EngineException.Invalid("invalid mode for volumes-from: " + mode);
            }
            var container = containers.apply(colon < 0 ? from : from.substring(0, colon));
            return new Others(container.spec(), mode.equals("ro"));
        }

        List<VolumeMount> volumes() {
            return spec.volumes().stream()
                    .map(VolumeMount::withoutCopy)
                    .map(mount -> readOnly ? mount.withReadOnly(true) : mount)
                    .toList();
        }

        List<BindMount> binds() {
            var all = spec.binds().stream();
            return (readOnly ? all.map(bind -> bind.withAccess(HostMounts.Access.NOTHING)) : all)
                    .toList();
        }
    }

    private VolumeMount named(VolumeMount mount) {
        return mount.volume().isEmpty() ? mount.withName(RandomId.next(random)) : mount;
    }
}
