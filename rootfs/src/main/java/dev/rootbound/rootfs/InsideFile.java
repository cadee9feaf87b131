package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;

/** Reads a small file of a root file system as its container would find it. */
final class InsideFile {
    /** Where the runtime mounts what is not the image's. */
    static final Set<String> FILLED = Set.of("dev", "proc", "sys");

    private static final Set<Integer> NOWHERE = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);

    private InsideFile() {}

    /** As {@link InsideFiles#read}. */
    static byte[] read(Dir root, String file, int limit) throws IOException {
        var name = file.getBytes(UTF_8);
        // by O_PATH, which opens neither a FIFO nor a device in place of the file
        try (var fd = root.inRoot(name, At.O_PATH, 0)) {
            if (!fd.stat().isRegular() || isShadowed(root, fd)) {
                throw notPlain(file);
            }
            try (var opened = Fd.open(fd.path(), At.O_RDONLY)) {
                return content(file, opened, limit);
            }
        } catch (ErrnoException e) {
            if (!e.call().equals("openat2") || !NOWHERE.contains(e.errno())) {
                throw e;
            }
            // a link that leads nowhere now may lead to what the runtime will mount
            if (exists(root, name)) {
                throw notPlain(file);
            }
            return new byte[0];
        }
    }

    static byte[] content(String file, Fd fd, int limit) throws IOException {
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

    static LayerException notPlain(String file) {
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
}
