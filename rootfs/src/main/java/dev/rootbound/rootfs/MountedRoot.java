package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A mounted root file system, read by descriptors that cannot leave it. */
record MountedRoot(Path path) implements Snapshots.Root {
    @Override
    public byte[] read(String file, int limit) throws IOException {
        try (var root = Dir.open(path);
                // a FIFO in place of the file must not block the engine, nor a device be opened
                // (the mount is nodev)
                var fd = root.inRoot(file.getBytes(UTF_8), At.O_RDONLY | At.O_NONBLOCK, 0)) {
            if (!fd.stat().isRegular()) {
                return new byte[0];
            }
            var content = new byte[limit + 1];
            int length = 0;
            for (int n; length <= limit; length += n) {
                n = fd.read(content, length, content.length - length);
                if (n < 0) {
                    return Arrays.copyOf(content, length);
                }
            }
            throw new IOException(
                    file
                            + " of the image is larger than the "
                            + limit
                            + " bytes that are read of it");
        } catch (ErrnoException e) {
            if (e.call().equals("openat2")
                    && (e.errno() == Errno.ENOENT
                            || e.errno() == Errno.ENOTDIR
                            || e.errno() == Errno.ELOOP
                            || e.errno() == Errno.ENXIO // a socket
                            || e.errno() == Errno.EACCES)) { // a device node: nodev
                return new byte[0];
            }
            throw e;
        }
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
    public void close() throws IOException {
        try {
            Mounts.detach(path);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) { // not mounted any more
                throw e;
            }
        }
    }
}
