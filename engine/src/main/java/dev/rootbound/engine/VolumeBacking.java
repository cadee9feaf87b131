package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.VolumeTrees;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a volume is beside files in the store: a tmpfs, or a directory of the host. */
final class VolumeBacking {
    /** The first whose tmpfs can be id-mapped. */
    private static final KernelVersion MAPS_TMPFS = new KernelVersion(6, 3);

    private static final long PAGE = 4096;
    private static final Pattern COUNT = Pattern.compile("([0-9]+)([kKmMgG]?)");

    private final VolumeTrees trees;
    private final Binds binds;
    private final KernelVersion kernel;
    private final MemoryLimit limit;

    /** By tree whose it is; guarded by itself. */
    private final Map<String, Tenant> inMemory = new HashMap<>();

    /** How many bytes of memory a tenant may have, {@link TenantLimits#NONE} any number. */
    interface MemoryLimit {
        long of(Tenant tenant) throws IOException;
    }

    VolumeBacking(VolumeTrees trees, Binds binds, KernelVersion kernel, MemoryLimit limit) {
        this.limit = limit;
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

    /**
     * Before it is mounted, with its place held.
     *
     * @throws EngineException.Denied if its tenant may not have so much in memory
     */
    void ready(Volume volume) throws IOException {
        if (!(VolumeOptions.parse(volume.options()) instanceof VolumeOptions.Memory memory)) return;
        synchronized (inMemory) { // two at once would both have what is left
            if (!trees.isInMemory(volume.tree())) fill(volume, settings(memory));
            inMemory.put(volume.tree(), volume.tenant());
        }
    }

    /**
     * What containers write there the kernel counts with the rest of their memory, but not what the
     * engine copies there for them: so all volumes of a tenant can have no more than it may have.
     */
    private void fill(Volume volume, Map<String, String> settings) throws IOException {
        long most = limit.of(volume.tenant());
        if (most == TenantLimits.NONE) {
            trees.fillFromMemory(volume.tree(), settings);
            return;
        }
        long left = most - others(volume);
        long inodes = most / PAGE;
        if (left < PAGE || inodes(settings, inodes) > inodes) throw tooLarge(volume, left, most);
        settings.putIfAbsent("size", Long.toString(left));
        settings.putIfAbsent("nr_inodes", Long.toString(inodes));
        trees.fillFromMemory(volume.tree(), settings);
        if (trees.memory(volume.tree()) <= left) return;
        trees.dropMemory(volume.tree());
        throw tooLarge(volume, left, most);
    }

    private long others(Volume volume) {
        return inMemory.entrySet().stream()
                .filter(each -> each.getValue().equals(volume.tenant()))
                .mapToLong(each -> trees.memory(each.getKey()))
                .reduce(0, VolumeBacking::sum);
    }

    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    /** Asked for; 0 is any number, tmpfs(5). */
    private static long inodes(Map<String, String> settings, long usual) {
        var asked = COUNT.matcher(settings.getOrDefault("nr_inodes", Long.toString(usual)));
        if (!asked.matches()) return Long.MAX_VALUE; // per cent, which mount(2) refuses
        int shift =
                switch (asked.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        long count = Long.parseLong(asked.group(1));
        return count == 0 || count > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : count << shift;
    }

    private static EngineException tooLarge(Volume volume, long left, long most) {
        return new EngineException.Denied(
                "volume "
                        + volume.name()
                        + " is a tmpfs: its user may have "
                        + most
                        + " bytes of memory, of which "
                        + Math.max(0, left)
                        + " are not another tmpfs volume's, and at most "
                        + most / PAGE
                        + " files in each; make it with a size (and nr_inodes) of no more, stop"
                        + " containers that use others, or root allows more (tenants: memory)");
    }

    /** It is in memory since an earlier engine. */
    void kept(Volume volume) throws IOException {
        synchronized (inMemory) {
            if (trees.isInMemory(volume.tree())) inMemory.put(volume.tree(), volume.tenant());
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
            synchronized (inMemory) {
                trees.dropMemory(volume.tree());
                inMemory.remove(volume.tree());
            }
        }
    }
}
