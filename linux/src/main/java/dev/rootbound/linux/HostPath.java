package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Files of the host that somebody else than the engine names: opened with that user's own rights,
 * and from then on meant by their descriptor. Opened with O_PATH: nothing is read, no FIFO is
 * waited for.
 */
public final class HostPath {
    private static final int DIRECTORY_MODE = 0755;

    private HostPath() {}

    /**
     * Opens what a path leads to. Symbolic links are followed as far as the user may, those of
     * /proc are not (ELOOP).
     *
     * @param path absolute
     */
    public static Fd open(Path path, Credentials user) throws IOException {
        return Isolated.as(user, () -> opened(At.FDCWD, Names.of(path)));
    }

    /**
     * Opens a path on which there was no symbolic link, and refuses one now (ELOOP).
     *
     * @param path as {@link #real} told it
     */
    public static Fd openReal(String path, Credentials user) throws IOException {
        int resolve = At.RESOLVE_NO_MAGICLINKS | At.RESOLVE_NO_SYMLINKS;
        return Isolated.as(
                user,
                () -> Dir.resolved(At.FDCWD, path.getBytes(ISO_8859_1), At.O_PATH, 0, resolve));
    }

    private static Fd opened(int directory, byte[] path) throws ErrnoException {
        return Dir.resolved(directory, path, At.O_PATH, 0, At.RESOLVE_NO_MAGICLINKS);
    }

    /**
     * Opens a directory, and makes it and those above it that are missing: the user's, with mode
     * 0755.
     *
     * @param path absolute, without {@code ..}
     */
    public static Fd make(Path path, Credentials user) throws IOException {
        return Isolated.as(user, () -> made(path));
    }

    /** The same with the engine's rights; what is made belongs to these ids from its beginning. */
    public static Fd make(Path path, long uid, long gid) throws IOException {
        return Isolated.owning(uid, gid, () -> made(path));
    }

    private static Fd made(Path path) throws IOException {
        var at = opened(At.FDCWD, Names.of("/"));
        for (var name : path) {
            try (var parent = at) {
                makeUnlessThere(parent, Names.of(name));
                at = opened(parent.number(), Names.of(name));
            }
        }
        return at;
    }

    private static void makeUnlessThere(Fd directory, byte[] name) throws ErrnoException {
        try {
            new Dir(directory).mkdir(name, DIRECTORY_MODE);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EEXIST) {
                return;
            }
            // mkdir(2) of what is there may fail so, before it looks
            boolean before = e.errno() == Errno.EACCES || e.errno() == Errno.EROFS;
            if (!before || !isThere(directory, name)) {
                throw e;
            }
        }
    }

    private static boolean isThere(Fd directory, byte[] name) {
        try (var _ = opened(directory.number(), name)) {
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /** Opens what lies below a directory, refusing every symbolic link (ELOOP). */
    public static Fd below(Fd directory, byte[] path) throws ErrnoException {
        int resolve = At.RESOLVE_BENEATH | At.RESOLVE_NO_SYMLINKS;
        return Dir.resolved(directory.number(), path, At.O_PATH, 0, resolve);
    }

    /** The same with somebody's rights. */
    public static Fd below(Fd directory, byte[] path, Credentials user) throws IOException {
        return Isolated.as(user, () -> below(directory, path));
    }

    /**
     * Connects to a unix(7) socket as somebody: with that user's rights, and its listener is told
     * that user's ids.
     *
     * @param socket opened by {@link #open}
     * @throws IOException also if more wait for its listener than may
     */
    public static SocketChannel connect(Fd socket, Credentials user) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            var address = UnixDomainSocketAddress.of(socket.path());
            channel.configureBlocking(false); // else it waits as long as the listener pleases
            boolean _ = Isolated.asPeer(user, () -> channel.connect(address)); // or it has failed
            channel.configureBlocking(true);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Where it is now, as this process sees the host: a char a byte. */
    public static String real(Fd fd) throws ErrnoException {
        return new String(Dir.readlink(At.FDCWD, Names.of(fd.path())), ISO_8859_1);
    }
}
