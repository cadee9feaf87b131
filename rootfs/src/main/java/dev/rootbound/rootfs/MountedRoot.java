package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** A mounted root file system, read by descriptors that cannot leave it. */
record MountedRoot(Path path) implements Snapshots.Root {
    /** Where the runtime mounts what is not the image's. */
    private static final Set<String> FILLED = Set.of("dev", "proc", "sys");

    private static final Set<Integer> NOWHERE = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);

    /** ENXIO: a socket. EACCES: a device node, since the mount is nodev. */
    private static final Set<Integer> UNREADABLE =
            Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.ENXIO, Errno.EACCES);

    @Override
    public byte[] read(String file, int limit) throws IOException {
        var name = file.getBytes(UTF_8);
        try (var root = Dir.open(path)) {
            // a FIFO in place of the file must not block the engine, nor a device be opened
            // (the mount is nodev)
            try (var fd = root.inRoot(name, At.O_RDONLY | At.O_NONBLOCK, 0)) {
                if (!fd.stat().isRegular() || isShadowed(root, fd)) {
                    throw notPlain(file);
                }
                return content(file, fd, limit);
            } catch (ErrnoException e) {
                if (!e.call().equals("openat2") || !UNREADABLE.contains(e.errno())) {
                    throw e;
                }
                // a link that leads nowhere now may lead to what the runtime will mount
                if (exists(root, name)) {
                    throw notPlain(file);
                }
                return new byte[0];
            }
        }
    }

    private static byte[] content(String file, Fd fd, int limit) throws IOException {
        var content = new byte[limit + 1];
        int length = 0;
        for (int n; length <= limit; length += n) {
            n = fd.read(content, length, content.length - length);
            if (n < 0) {
                return Arrays.copyOf(content, length);
            }
        }
        throw new LayerException(
                "/"
                        + file
                        + " of the image is larger than the "
                        + limit
                        + " bytes that are read of it");
    }

    private static LayerException notPlain(String file) {
        return new LayerException(
                "/"
                        + file
                        + " of the image is neither a regular file nor a link to one: the runtime reads"
                        + " it to find users, and might wait for ever");
    }

    /** Whether the runtime mounts something over the place where it was found. */
    private static boolean isShadowed(Dir root, Fd fd) throws IOException {
        var top = Files.readSymbolicLink(root.fd().path());
        var first = top.relativize(Files.readSymbolicLink(fd.path())).getName(0).toString();
        return FILLED.contains(first);
    }

    /** Whether there is such a name, a link that leads nowhere included. */
    private static boolean exists(Dir root, byte[] name) throws ErrnoException {
        try (var _ = root.inRoot(name, At.O_PATH | At.O_NOFOLLOW, 0)) {
            return true;
        } catch (ErrnoException e) {
            if (NOWHERE.contains(e.errno())) {
                return false;
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
