package dev.rootbound.runtime;

import dev.rootbound.runtime.BundleSpec.Mount;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The {@code mounts} of a config.json: Docker's usual ones, then the request's in their order. */
final class MountConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private MountConfig() {}

    /** A mount of the request on a usual one's target takes its place, as in Docker. */
    static ArrayNode of(BundleSpec spec) {
        var mounts = usual(spec.privileged() ? "rw" : "ro");
        for (var mount : spec.mounts()) {
            int same = targets(mounts).indexOf(mount.target());
            if (same < 0) {
                mounts.add(mount);
            } else {
                mounts.set(same, mount);
            }
        }
        return json(mounts);
    }

    private static List<String> targets(List<Mount> mounts) {
        return mounts.stream().map(Mount::target).toList();
    }

    private static List<Mount> usual(String kernel) {
        return new ArrayList<>(
                List.of(
                        mount("/proc", "proc", "proc", "nosuid,noexec,nodev"),
                        mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
                        mount(
                                "/dev/pts",
                                "devpts",
                                "devpts",
                                "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
                        mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev," + kernel),
                        mount(
                                "/sys/fs/cgroup",
                                "cgroup",
                                "cgroup",
                                "nosuid,noexec,nodev,relatime," + kernel),
                        mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev")));
    }

    private static Mount mount(String target, String type, String source, String options) {
        return new Mount(target, type, source, List.of(options.split(",")));
    }

    private static ArrayNode json(List<Mount> mounts) {
        var array = JSON.arrayNode();
        for (var mount : mounts) {
            var node = array.addObject();
            node.put("destination", mount.target());
            node.put("type", mount.type());
            node.put("source", mount.source());
            mount.options().forEach(node.putArray("options")::add);
        }
        return array;
    }
}
