package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;

/** A mounted root file system, read by descriptors that cannot leave it. */
record MountedRoot(Path path) implements Snapshots.Root {
    @Override
    public byte[] read(String file, int limit) throws IOException {
        try (var root = Dir.open(path)) {
            return InsideFile.read(root, file, limit);
        }
    }

    @Override
    public RootWriter writer(IdMaps ids) throws IOException {
        return new RootWriter(Dir.open(path), ids, () -> {});
    }

    @Override
    public void refuseLinks(String... directories) throws IOException {
        try (var root = Dir.open(path)) {
            for (var name : directories) {
                if (!isDirectoryOrAbsent(root, name.getBytes(UTF_8))) {
                    throw new LayerException(
                            "/"
                                    + name
                                    + " of the image is not a directory: nothing can be mounted there safely");
                }
            }
        }
    }

    private static boolean isDirectoryOrAbsent(Dir root, byte[] name) throws IOException {
        try {
            return root.stat(name).isDirectory();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public RootView view(IdMaps ids) {
        return new RootView(path, viewPath(), ids);
    }

    private Path viewPath() {
        return path.resolveSibling(path.getFileName() + "-view");
    }

    @Override
    public void close() throws IOException {
        detach(viewPath());
        detach(path);
    }

    /** Nothing mounted there is fine. */
    static void detach(Path path) throws IOException {
        try {
            Mounts.detach(path);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) { // not mounted any more
                throw e;
            }
        }
    }
}
