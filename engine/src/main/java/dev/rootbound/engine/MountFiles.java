package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.rootfs.MountedFiles;
import dev.rootbound.rootfs.RootPath;
import dev.rootbound.rootfs.RootWriter;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of containers' mounts: a volume's from the store, also while it is mounted; a part of
 * one, the engine's own for it, and the host's, through a mount of their own, with no more rights
 * than the container has.
 */
final class MountFiles {
    private final VolumeService volumes;
    private final Binds binds;
    private final EtcSetup etc;
    private final Start start;
    private final Snapshots snapshots;
    private final Path staging;

    /**
     * @param staging the directory for what is mounted for a moment
     */
    MountFiles(
            VolumeService volumes,
            Binds binds,
            EtcSetup etc,
            Start start,
            Snapshots snapshots,
            Path staging) {
        this.volumes = volumes;
        this.binds = binds;
        this.etc = etc;
        this.start = start;
        this.snapshots = snapshots;
        this.staging = staging;
    }

    /**
     * @param asked by which the place was found
     */
    RootPath find(Container container, MountPlace place, byte[] asked) throws IOException {
        var stored = stored(place.mount());
        if (stored.isPresent()) {
            var files = volumes.tree(stored.get());
            return place.isWhole() ? files.whole(asked) : files.find(place.path());
        }
        var files = mounted(container, place.mount());
        try {
            var tree = files.tree();
            boolean whole = place.isWhole() && !files.isFile();
            var found = whole ? tree.whole(asked) : tree.find(files.path(place.path()));
            return found.closing(files);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** Where a place leads in its mount, without links on the way. */
    byte[] real(Container container, MountPlace place) throws IOException {
        var stored = stored(place.mount());
        if (stored.isPresent()) return volumes.tree(stored.get()).real(place.path());
        try (var files = mounted(container, place.mount())) {
            return files.tree().real(files.path(place.path()));
        }
    }

    /** To write in all of the mount. */
    RootWriter writer(Container container, MountPlace place) throws IOException {
        var stored = stored(place.mount());
        if (stored.isPresent()) return volumes.writer(container, stored.get());
        var files = mounted(container, place.mount());
        try {
            return files.writer();
        } catch (IOException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Writes a single file that is mounted, also while the container runs.
     *
     * @throws EngineException.Denied if the container may not write it either
     */
    void write(Container container, MountPlace.Mounted mount, byte[] content) throws IOException {
        if (mount.readOnly()) {
            throw new EngineException.Denied("mounted volume is marked read-only");
        }
        if (mount instanceof MountPlace.Mounted.OfEngine file) {
            etc.put(container, file.name(), content);
            return;
        }
        try (var files = mounted(container, mount)) {
            files.write(content);
        }
    }

    /** All of a volume of the store. */
    private static Optional<VolumeMount> stored(MountPlace.Mounted mount) {
        return mount instanceof MountPlace.Mounted.OfVolume volume
                        && volume.mount().subpath().isEmpty()
                ? Optional.of(volume.mount())
                : Optional.empty();
    }

    private MountedFiles mounted(Container container, MountPlace.Mounted mount) throws IOException {
        return MountedFiles.open(
                staging,
                String.valueOf(Path.of(mount.target()).getFileName()),
                (ids, target) -> {
                    switch (mount) {
                        case MountPlace.Mounted.OfVolume volume ->
                                volumes.mountAlone(container, volume.mount(), ids, target);
                        case MountPlace.Mounted.OfEngine file ->
                                etc.mountAlone(container, file.name(), ids, target);
                        case MountPlace.Mounted.OfHost host ->
                                binds.mountAlone(
                                        container, host.bind(), target, ids, users(container, ids));
                    }
                });
    }

    /** As the files say that the container has now, without what is mounted over them. */
    private Binds.Users users(Container container, IdMaps ids) {
        return named -> {
            var files = snapshots.tree(container.id(), container.layers());
            var user = named.isEmpty() ? container.spec().user() : named;
            return start.user(container, files, ids, user);
        };
    }
}
