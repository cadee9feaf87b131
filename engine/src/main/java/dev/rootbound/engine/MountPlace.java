package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.RootTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path in a container that lies in one of its volumes or bind mounts, or is a file of its that
 * the engine writes.
 *
 * @param path below the mount, as bytes
 * @param isWhole whether that is all of it, under the name that the path gives it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MountPlace(Mounted mount, byte[] path, boolean isWhole) {
    /** What is mounted in a container. */
    sealed interface Mounted {
        /** Where, as it was asked for. */
        String target();

        boolean readOnly();

        /** A volume in the engine's store. */
        record OfVolume(VolumeMount mount) implements Mounted {
            @Override
            public String target() {
                return mount.target();
            }

            @Override
            public boolean readOnly() {
                return mount.readOnly();
            }
        }

        /** Such as /etc/hosts. */
        record OfEngine(String name, boolean readOnly) implements Mounted {
            @Override
            public String target() {
                return "/etc/" + name;
            }
        }

        /** A file or directory of the host. */
        record OfHost(BindMount bind, String target) implements Mounted {
            @Override
            public boolean readOnly() {
                return bind.access() == HostMounts.Access.NOTHING;
            }
        }
    }

    /**
     * @param etc the names of those that the engine writes, {@link EtcSetup#of}
     * @param files the container's, whose links are followed
     */
    static Optional<MountPlace> of(
            Container container, byte[] path, List<String> etc, RootTree files) throws IOException {
        var all = all(container, etc);
        if (all.isEmpty()) return Optional.empty();
        var real = unrooted(files.real(path));
        Optional<MountPlace> deepest = Optional.empty();
        int depth = 0;
        for (var mount : all) {
            var at = at(files, mount);
            boolean within = (real + "/").startsWith(at + "/");
            if (within && at.length() > depth) {
                depth = at.length();
                deepest = Optional.of(place(mount, real.substring(depth), text(path)));
            }
        }
        return deepest;
    }

    /** The path without links of one in a mount, from there. */
    interface Links {
        byte[] real(MountPlace place) throws IOException;
    }

    /**
     * What is mounted below a directory of a container, by the path from there.
     *
     * @param directory ends with a slash: it is followed if it is a link
     * @param place where it is, if that is in a mount, whose own links then count
     */
    static Map<String, Mounted> below(
            Container container,
            byte[] directory,
            Optional<MountPlace> place,
            List<String> etc,
            RootTree files,
            Links links)
            throws IOException {
        var from = place.isEmpty() ? "" : at(files, place.get().mount());
        var nested = new HashMap<String, Mounted>();
        for (var mount : all(container, etc)) {
            var at = at(files, mount);
            if (at.startsWith(from + "/")) nested.put(at.substring(from.length()), mount);
        }
        if (nested.isEmpty()) return nested;
        var real = place.isEmpty() ? files.real(directory) : links.real(place.get());
        var top = unrooted(real) + "/";
        var below = new HashMap<String, Mounted>();
        nested.forEach((at, mount) -> {
            if (at.startsWith(top)) below.put(at.substring(top.length()), mount);
        });
        return below;
    }

    private static List<Mounted> all(Container container, List<String> etc) {
        var all = mounts(container.spec());
        for (var name : etc) all.add(new Mounted.OfEngine(name, container.spec().readOnlyRoot()));
        return all;
    }

    private static List<Mounted> mounts(ContainerSpec spec) {
        var all = new ArrayList<Mounted>();
        for (var volume : spec.volumes()) {
            var bind = Binds.ofVolume(volume);
            all.add(
                    bind == null
                            ? new Mounted.OfVolume(volume)
                            : new Mounted.OfHost(bind, volume.target()));
        }
        for (var bind : spec.binds()) all.add(new Mounted.OfHost(bind, bind.target()));
        return all;
    }

    private static MountPlace place(Mounted mount, String rest, String asked) {
        boolean dotted = asked.endsWith("/.");
        var end = dotted ? "/." : asked.endsWith("/") || rest.isEmpty() ? "/" : "";
        var path = (rest + end).getBytes(ISO_8859_1);
        return new MountPlace(mount, path, rest.isEmpty() && !dotted);
    }

    private static String at(RootTree files, Mounted mount) throws IOException {
        return unrooted(files.real((mount.target() + "/").getBytes(UTF_8)));
    }

    /** A path to which another can be added; the root is empty. */
    private static String unrooted(byte[] path) {
        var text = text(path);
        return text.equals("/") ? "" : text;
    }

    /** One character a byte. */
    private static String text(byte[] path) {
        return new String(path, ISO_8859_1);
    }
}
