package dev.rootbound.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a unix socket: bound under another name, given its mode, and only then put in place,
 * so that no client ever meets it half made.
 */
final class SocketFile {
    /** sun_path's 108 bytes (unix(7)), less the suffix and the NUL. */
    private static final int LONGEST = 103;

    private final Path path;
    private final Path unfinished;
    private @Nullable Object key;

    /** Refuses a path in use, one that is no socket, and one that cannot be a socket. */
    SocketFile(Path path) throws IOException {
        this.path = path.toAbsolutePath();
        this.unfinished = Path.of(this.path + ".new");
        if (this.path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                > LONGEST) {
            throw new IOException(
                    "listen on " + path + ": a socket's path has at most " + LONGEST + " bytes");
        }
        var parent = this.path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new NotDirectoryException("listen on " + path + ": no directory " + parent);
        }
        refuseIfUsed(path);
        Files.deleteIfExists(unfinished);
    }

    /** Refuses a path that somebody answers on, or that is there and no socket. */
    static void refuseIfUsed(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!(Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer m)
                || (m & 0170000) != 0140000) {
            throw new FileAlreadyExistsException(
                    "listen on " + path + ": there is a file that is not a socket");
        }
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException _) {
            return; // nobody answers: left behind by an engine that was killed
        }
        throw new FileAlreadyExistsException(
                "listen on " + path + ": another engine answers there; give this one another path");
    }

    /** Where to bind. */
    Path unfinished() {
        return unfinished;
    }

    /** Gives the bound socket to those who may use it, and its name. */
    void publish(Access access) throws IOException {
        Files.setAttribute(unfinished, "unix:gid", (int) access.gid(), LinkOption.NOFOLLOW_LINKS);
        int mode = access.mode();
        Files.setPosixFilePermissions(unfinished, permissions(mode));
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        key = key();
    }

    /** Removes the file unless it has been replaced by another engine's. */
    void delete() throws IOException {
        try {
            if (key != null && key.equals(key())) {
                Files.delete(path);
            }
        } catch (NoSuchFileException _) {
            // somebody was faster
        }
    }

    private @Nullable Object key() throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var all = PosixFilePermission.values(); // OWNER_READ first, OTHERS_EXECUTE last
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                set.add(all[i]);
            }
        }
        return set;
    }
}
