package dev.rootbound.engine;

import dev.rootbound.linux.KernelVersion;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.VolumeTrees;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a volume is beside files in the store: a tmpfs, or a directory of the host. */
final class VolumeBacking {
    /** The first whose tmpfs can be id-mapped. */
    private static final KernelVersion MAPS_TMPFS = new KernelVersion(6, 3);

    private final VolumeTrees trees;
    private final Binds binds;
    private final KernelVersion kernel;

    VolumeBacking(VolumeTrees trees, Binds binds, KernelVersion kernel) {
        this.trees = trees;
        this.binds = binds;
        this.kernel = kernel;
    }

    /** Opens a directory of the host for who makes a volume of it; {@code null}: it is none. */
    @Nullable BindMount bind(Caller caller, VolumeOptions options) throws IOException {
        return switch (options) {
            case VolumeOptions.Stored _ -> null;
            case VolumeOptions.Memory _ -> {
                refuseUnlessMapped();
                yield null;
            }
            case VolumeOptions.Directory directory -> checked(caller, directory);
        };
    }

    private void refuseUnlessMapped() {
        if (kernel.isAtLeast(MAPS_TMPFS)) return;
        throw new EngineException.Invalid(
                "type tmpfs: containers of different ids share a tmpfs since Linux "
                        + MAPS_TMPFS
                        + ", this is "
                        + kernel
                        + "; use --tmpfs for one container's own");
    }

    private BindMount checked(Caller caller, VolumeOptions.Directory directory) throws IOException {
        var access = directory.readOnly() ? HostMounts.Access.NOTHING : HostMounts.Access.ALL;
        var asked =
                new BindMount(
                        directory.path(),
                        "/",
                        access,
                        directory.below(),
                        false,
                        BindMount.Owner.CONTAINERS_USER,
                        caller,
                        null);
        return binds.found(asked);
    }

    /**
     * Refuses to make a volume of a directory that was not opened: when that was to be done there
     * was a volume by that name, which is gone.
     */
    void refuseIfUnopened(String name, Map<String, String> options, @Nullable BindMount opened) {
        if (opened != null || !(VolumeOptions.parse(options) instanceof VolumeOptions.Directory)) {
            return;
        }
        throw new EngineException.Conflict(
                "volume " + name + " was removed while it was asked for; try again");
    }

    /** Before it is mounted, with its place held. */
    void ready(Volume volume) throws IOException {
        if (VolumeOptions.parse(volume.options()) instanceof VolumeOptions.Memory memory) {
            trees.fillFromMemory(volume.tree(), settings(memory));
        }
    }

    private static Map<String, String> settings(VolumeOptions.Memory memory) {
        var settings = new TreeMap<>(Map.of("mode", "1777", "uid", "0", "gid", "0"));
        memory.settings().forEach(setting -> settings.put(setting.name(), setting.value()));
        return settings;
    }

    /** What is written to memory that nobody has would be gone with the writer. */
    void refuseUnlessThere(Volume volume, boolean mounted) {
        boolean memory = VolumeOptions.parse(volume.options()) instanceof VolumeOptions.Memory;
        if (!memory || mounted) return;
        throw new EngineException.Conflict(
                "volume "
                        + volume.name()
                        + " is a tmpfs, which is there as long as a container that uses it runs:"
                        + " start one first");
    }

    /** When no container has it any more, with its place held. */
    void rest(Volume volume) throws IOException {
        if (VolumeOptions.parse(volume.options()) instanceof VolumeOptions.Memory) {
            trees.dropMemory(volume.tree());
        }
    }
}
