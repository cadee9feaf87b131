package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;

/**
 * Devices of the host's: by nodes made inside, nodes that lie on mounts, and file systems of them.
 */
final class Devices {
    private static final String NODEV =
            "the mount is nodev, and in it nobody takes that away again: the flag is locked in a"
                    + " mount namespace of another user namespace (mount_namespaces(7))";

    private static final String MOUNT =
            "the kernel mounts it for the host's user namespace only: FS_USERNS_MOUNT is not set"
                    + " (user_namespaces(7))";

    static final List<Attack> ALL =
            List.of(
                    Attack.onKernel(
                            "raw-disk",
                            "make a device node of a disk of the host's and read it",
                            "mknod(2) needs CAP_MKNOD of the host",
                            Devices::rawDisk),
                    Attack.onKernel(
                            "kernel-log-device",
                            "make a device node of the kernel's log and open it",
                            "mknod(2) needs CAP_MKNOD of the host",
                            s -> node(s, 11)),
                    Attack.onKernel(
                            "made-device",
                            "make a device node and open it",
                            "mknod(2) needs CAP_MKNOD of the host",
                            s -> node(s, 3)),
                    Attack.onKernel(
                            "layer-device",
                            "open a device node that lies in the image",
                            NODEV,
                            s -> lying(s, "/", "/rootbound-attack-null")),
                    Attack.onKernel(
                            "shared-device",
                            "open a device node that lies in a bind mount",
                            NODEV,
                            s -> lying(s, Scene.SHARED, Scene.SHARED + "/roots/null")),
                    filesystem("device-filesystem", "devtmpfs", "null"),
                    filesystem("debug-filesystem", "debugfs", "."),
                    filesystem("trace-filesystem", "tracefs", "."),
                    filesystem("security-filesystem", "securityfs", "."));

    private Devices() {}

    private static String rawDisk(Scene s) throws IOException {
        var disk = s.canaries().secrets().disk();
        if (disk == null) throw new NotThereException(s.canaries().secrets().noDisk());
        return device(s, Actor.BLOCK, HostSecrets.LOOP_MAJOR, disk);
    }

    private static String node(Scene s, int minor) throws IOException {
        return device(s, Actor.CHARACTER, 1, minor);
    }

    /** The device cgroup lets nobody make some: who may leave it does. */
    private static String device(Scene s, int type, int major, int minor) throws IOException {
        return Attack.anyOf(
                () -> opened(s, type, major, minor),
                () -> {
                    var _ = Settings.leaveCgroup(s);
                    return opened(s, type, major, minor);
                });
    }

    private static String opened(Scene s, int type, int major, int minor) throws IOException {
        var node = Scene.SCRATCH + "-node";
        s.twin().makeNode(node, type, major, minor);
        try {
            long fd = s.twin().open(node, Actor.READ);
            var name = "device " + major + ":" + minor;
            if (type != Actor.BLOCK) return name + " was opened";
            return s.canaries().found(s.twin().read(fd, 512), name);
        } finally {
            s.twin().remove(node);
        }
    }

    private static String lying(Scene s, String mount, String node) throws IOException {
        return Attack.anyOf(
                () -> openedLying(s, node),
                () -> {
                    s.twin().remount(mount);
                    return openedLying(s, node);
                });
    }

    private static String openedLying(Scene s, String node) throws IOException {
        try {
            s.twin().close(s.twin().open(node, Actor.READ));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) throw e;
            throw new NotThereException(node + " is not there: the canary could not be laid out");
        }
        return node + " was opened";
    }

    private static Attack filesystem(String name, String type, String file) {
        return Attack.onKernel(
                        name,
                        "mount " + type,
                        MOUNT,
                        s ->
                                Settings.mounted(
                                        s,
                                        type,
                                        "",
                                        at -> {
                                            long fd = s.twin().open(at + "/" + file, Actor.READ);
                                            s.twin().close(fd);
                                            return type + " was mounted";
                                        }))
                .needing(host -> missing(host, type));
    }

    private static java.util.Optional<String> missing(Actor host, String type) throws IOException {
        return host.readFile("/proc/filesystems").contains("\t" + type + "\n")
                ? java.util.Optional.empty()
                : java.util.Optional.of("this kernel has no " + type);
    }
}
