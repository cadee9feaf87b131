package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cgroup that all containers of a tenant are in: what it may have they may have together. Of
 * version 2 the controllers are enabled on the way to it, as the runtime does it for its own.
 */
public final class TenantCgroup {
    /** No limit. */
    public static final long NONE = Long.MAX_VALUE;

    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

    private final CgroupMounts mounts;
    private final Path path;

    TenantCgroup(CgroupMounts mounts, Path path) {
        this.mounts = mounts;
        this.path = path;
    }

    /**
     * @param path from the root of the hierarchies, such as {@code rootbound/1000}
     */
    public static TenantCgroup of(Path path) throws IOException {
        return new TenantCgroup(CgroupMounts.host(), path);
    }

    /** Whether it is there, wherever limits are set. */
    public boolean exists() {
        return directories().values().stream().allMatch(each -> Files.isDirectory(each.path()));
    }

    /**
     * Makes it if need be, and sets its limits, {@link #NONE} too; if one is refused, none is
     * changed.
     *
     * @param memory bytes; swap may be as much again, as Docker has it for a container
     * @param nanoCpus billionths of a processor
     * @param pids processes and threads
     */
    public void limit(long memory, long nanoCpus, long pids) throws IOException {
        var directories = directories();
        if (mounts.isUnified()) {
            enable();
        }
        for (var each : directories.values()) {
            Files.createDirectories(each.path());
        }
        var resources =
                new Resources(
                        has(directories, "memory", memory),
                        0,
                        has(directories, "memory", memory < NONE / 2 ? 2 * memory : NONE),
                        null,
                        nanoCpus == NONE ? 0 : nanoCpus,
                        0,
                        0,
                        nanoCpus == NONE ? has(directories, "cpu", NONE) : 0,
                        "",
                        "",
                        has(directories, "pids", pids),
                        0,
                        false);
        // what it leaves out, a limit of swap on a host that counts none, is left out everywhere
        List<String> _ =
                mounts.isUnified()
                        ? new CgroupV2Update(directory("memory")).write(resources)
                        : new CgroupV1Update(directories).write(resources);
    }

    /** As Resources has it: -1 is none; 0, nothing, where there is no controller to say it to. */
    private static long has(
            Map<String, CgroupDirectory> directories, String controller, long limit) {
        if (limit != NONE) {
            return limit;
        }
        return directories.containsKey(controller) ? -1 : 0;
    }

    private Map<String, CgroupDirectory> directories() {
        var all = new HashMap<String, CgroupDirectory>();
        for (var controller : CONTROLLERS) {
            if (hierarchy(controller) != null) {
                all.put(controller, directory(controller));
            }
        }
        return all;
    }

    private CgroupMounts.@Nullable Hierarchy hierarchy(String controller) {
        return mounts.isUnified() ? mounts.unified() : mounts.controllers().get(controller);
    }

    private CgroupDirectory directory(String controller) {
        var hierarchy = hierarchy(controller);
        var mount = hierarchy == null ? Path.of("/sys/fs/cgroup", controller) : hierarchy.mount();
        return new CgroupDirectory(mount.resolve(path));
    }

    /** Those that there are, in each directory above: cgroup-v2.rst, "Enabling and Disabling". */
    private void enable() throws IOException {
        var unified = mounts.unified();
        if (unified == null) {
            return;
        }
        var directory = unified.mount();
        for (var name : path) {
            var above = new CgroupDirectory(directory);
            var there = List.of(above.text("cgroup.controllers").orElse("").split(" ", -1));
            var missing = CONTROLLERS.stream().filter(there::contains).map(c -> "+" + c).toList();
            if (!missing.isEmpty()) {
                above.write("cgroup.subtree_control", String.join(" ", missing));
            }
            directory = directory.resolve(name);
            Files.createDirectories(directory);
        }
    }
}
