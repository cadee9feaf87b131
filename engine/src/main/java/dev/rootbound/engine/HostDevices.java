package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.Isolated;
import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.Stat;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.BundleSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Devices of the host in a container. Each has a node of the engine's making, with the owner and
 * mode that the host's has, but the container's ids: nobody but the container has it, and what it
 * does with it changes nothing of the host's. It is the one kind of mount without nodev.
 */
final class HostDevices {
    private static final int MOST = 256;
    private static final int MOST_NAMES = 4096;
    private static final int DEEPEST = 8;
    private static final int PERMISSIONS = 0777;

    private HostDevices() {}

    /**
     * A device that was found.
     *
     * @param target in the container
     */
    record Node(String target, Stat stat, String access) {
        BundleSpec.Device rule() {
            boolean block = stat.isBlockDevice();
            return new BundleSpec.Device(block, stat.deviceMajor(), stat.deviceMinor(), access);
        }
    }

    /** Those of a container, as they are on the host now; found as its tenant, of no group. */
    static List<Node> find(Container container) throws IOException {
        var user = new Credentials(container.tenant().uid(), BindIds.NO_GROUP, List.of());
        var nodes = new ArrayList<Node>();
        for (var device : container.spec().isolation().devices()) {
            try (var fd = HostPath.open(Path.of(device.source()), user)) {
                new Search(device, user, nodes).add(fd, "", 0);
            } catch (ErrnoException e) {
                throw refused(device, String.valueOf(e.getMessage()));
            }
        }
        return nodes;
    }

    /** For what one {@code --device} means. */
    private static final class Search {
        private final HostDevice device;
        private final Credentials user;
        private final List<Node> nodes;
        private int names;

        Search(HostDevice device, Credentials user, List<Node> nodes) {
            this.device = device;
            this.user = user;
            this.nodes = nodes;
        }

        /**
         * @param below path of the file from the device's own, with a slash before each name
         */
        void add(Fd fd, String below, int depth) throws IOException {
            var stat = fd.stat();
            if (stat.isCharacterDevice() || stat.isBlockDevice()) {
                var target = TargetRule.plain(device.target() + below);
                nodes.add(new Node(target, stat, device.access()));
                if (nodes.size() > MOST) throw refused(device, MOST + " devices are the most");
            } else if (stat.isDirectory() && depth < DEEPEST) {
                addBelow(fd, below, depth + 1);
            } else if (depth == 0) {
                throw refused(device, "it is neither a device nor a directory of devices");
            }
        }

        /** Links in it are left out: what they lead to is another name of what is there. */
        private void addBelow(Fd directory, String below, int depth) throws IOException {
            try (var dir = Isolated.as(user, () -> Dir.open(directory.path()))) {
                for (var name : dir.names()) {
                    if (++names > MOST_NAMES) {
                        throw refused(
                                device, "there are more than " + MOST_NAMES + " files below it");
                    }
                    if (dir.stat(name).isSymlink()) continue;
                    try (var fd = HostPath.below(directory, name, user)) {
                        add(fd, below + "/" + text(name), depth);
                    }
                }
            }
        }

        /** Others could not be told apart inside. */
        private String text(byte[] name) {
            var text = new String(name, StandardCharsets.UTF_8);
            if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), name)) return text;
            throw refused(device, "the name of " + TextRule.shown(text) + " in it is not UTF-8");
        }
    }

    private static EngineException refused(HostDevice device, String why) {
        return new EngineException.Invalid(
                "error gathering device information while adding custom device \""
                        + TextRule.shown(device.source())
                        + "\": "
                        + why);
    }

    /** Mounts each at a file of the bundle. */
    static void mount(List<Node> nodes, IdMaps ids, Bundle bundle, int first) throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            mount(nodes.get(i).stat(), ids, bundle.mount(first + i));
        }
    }

    /** A run directory may be nodev: the node is on a file system of its own, which it keeps. */
    private static void mount(Stat stat, IdMaps ids, Path target) throws IOException {
        long flags = Mounts.NOSUID | Mounts.NOEXEC;
        var node = MemoryFile.NAME;
        MemoryFile.mount(
                target,
                "size=4k",
                flags,
                dir -> {
                    int type = stat.mode() & Stat.TYPE;
                    dir.mknod(node, type, stat.deviceMajor(), stat.deviceMinor());
                    dir.chown(node, inside(ids.uids(), stat.uid()), inside(ids.gids(), stat.gid()));
                    dir.chmod(node, stat.mode() & PERMISSIONS);
                });
    }

    /** The container's root has what belongs to an id that is none of its own. */
    private static long inside(IdMap ids, long id) {
        return ids.toHost(id).orElseGet(() -> ids.toHost(0).orElseThrow());
    }
}
