package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An open directory, and what can be done below it by single names or by paths that cannot leave
 * it. Names are bytes. No method follows a symbolic link in the last part of a name; only {@link
 * #inRoot} follows any, and never out.
 */
public final class Dir implements AutoCloseable {
    private static final int RACES = 1000;
    static final int XATTR_SIZE_MAX = 64 << 10; // linux/limits.h

    /**
     * What follows a tree's name in the names that {@link #removeTree} gives to the directories
     * below it: a name with this is of a removal that did not end.
     */
    public static final String REMOVED = ".removed-";

    private final Fd fd;

    /** One that was opened; closed with this. */
    public Dir(Fd fd) {
        this.fd = fd;
    }

    /** Opens a directory that the engine trusts. */
    public static Dir open(Path path) throws ErrnoException {
        return new Dir(Fd.open(path, At.O_RDONLY | At.O_DIRECTORY));
    }

    public Fd fd() {
        return fd;
    }

    /**
     * openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS: whatever links and {@code ..} the
     * path holds, it is resolved as if this directory were the root.
     */
    public Fd inRoot(byte[] path, int flags, int mode) throws ErrnoException {
        int resolve = At.RESOLVE_IN_ROOT | At.RESOLVE_NO_MAGICLINKS;
        return resolved(fd.number(), path, flags, mode, resolve);
    }

    /** openat2(2), until nothing interferes. */
    static Fd resolved(int dirfd, byte[] path, int flags, int mode, int resolve)
            throws ErrnoException {
        for (int raced = 0; ; raced++) {
            try {
                return openat2(dirfd, path, flags, mode, resolve);
            } catch (ErrnoException e) {
                // openat2(2): something was renamed or mounted anywhere while a .. was resolved
                if (e.errno() != Errno.EAGAIN || raced == RACES) {
                    throw e;
                }
            }
        }
    }

    /** {@link #inRoot(byte[], int, int)} of a directory. */
    public Dir dirInRoot(byte[] path) throws ErrnoException {
        return new Dir(inRoot(path, At.O_RDONLY | At.O_DIRECTORY, 0));
    }

    /** A directory below this one, refusing any symbolic link on the way (ELOOP). */
    public Dir dirWithoutLinks(byte[] path) throws ErrnoException {
        int resolve = At.RESOLVE_IN_ROOT | At.RESOLVE_NO_SYMLINKS;
        return new Dir(openat2(fd.number(), path, At.O_RDONLY | At.O_DIRECTORY, 0, resolve));
    }

    /** Opens one name, refusing a symbolic link. */
    public Fd openName(byte[] name, int flags, int mode) throws ErrnoException {
        return openat2(fd.number(), name, flags | At.O_NOFOLLOW, mode, 0);
    }

    /** Opens one name as a directory, refusing a symbolic link. */
    public Dir dir(byte[] name) throws ErrnoException {
        return new Dir(openName(name, At.O_RDONLY | At.O_DIRECTORY, 0));
    }

    static Fd openat2(int dirfd, byte[] path, int flags, int mode, int resolve)
            throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var how = arena.allocate(24, 8);
            how.set(ValueLayout.JAVA_LONG, 0, flags | At.O_CLOEXEC);
            how.set(ValueLayout.JAVA_LONG, 8, (flags & At.O_CREAT) != 0 ? mode : 0);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            var name = Native.cstring(arena, path);
            return new Fd(
                    (int)
                            Native.call(
                                    Syscall.OPENAT2,
                                    Names.show(path),
                                    dirfd,
                                    name.address(),
                                    how.address(),
                                    how.byteSize()));
        }
    }

    public void mkdir(byte[] name, int mode) throws ErrnoException {
        named(Syscall.MKDIRAT, name, mode, 0, 0);
    }

    /** mknod(2); {@code mode} holds the type. */
    public void mknod(byte[] name, int mode, int major, int minor) throws ErrnoException {
        // makedev(3)
        long device =
                (minor & 0xffL)
                        | ((major & 0xfffL) << 8)
                        | ((minor & ~0xffL) << 12)
                        | ((major & ~0xfffL) << 32);
        named(Syscall.MKNODAT, name, mode, device, 0);
    }

    /** unlink(2). */
    public void unlink(byte[] name) throws ErrnoException {
        named(Syscall.UNLINKAT, name, 0, 0, 0);
    }

    /** rmdir(2). */
    public void rmdir(byte[] name) throws ErrnoException {
        named(Syscall.UNLINKAT, name, At.REMOVEDIR, 0, 0);
    }

    /** lchown(2). */
    public void chown(byte[] name, long uid, long gid) throws ErrnoException {
        named(Syscall.FCHOWNAT, name, uid, gid, At.SYMLINK_NOFOLLOW);
    }

    private void named(Syscall call, byte[] name, long a, long b, long c) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    call,
                    Names.show(name),
                    fd.number(),
                    Native.cstring(arena, name).address(),
                    a,
                    b,
                    c);
        }
    }

    public void symlink(byte[] target, byte[] name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.SYMLINKAT,
                    Names.show(name),
                    Native.cstring(arena, target).address(),
                    fd.number(),
                    Native.cstring(arena, name).address());
        }
    }

    /**
     * Another name for what {@code oldName} in {@code oldDir} is; a symbolic link itself, not its
     * target.
     */
    public void link(Dir oldDir, byte[] oldName, byte[] name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.LINKAT,
                    Names.show(name),
                    oldDir.fd.number(),
                    Native.cstring(arena, oldName).address(),
                    fd.number(),
                    Native.cstring(arena, name).address(),
                    0);
        }
    }

    /** rename(2) to a name in {@code newDir}. */
    public void rename(byte[] name, Dir newDir, byte[] newName) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.RENAMEAT2,
                    Names.show(name),
                    fd.number(),
                    Native.cstring(arena, name).address(),
                    newDir.fd.number(),
                    Native.cstring(arena, newName).address(),
                    0);
        }
    }

    /** readlink(2). */
    public byte[] readlink(byte[] name) throws ErrnoException {
        return readlink(fd.number(), name);
    }

    static byte[] readlink(int dirfd, byte[] name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(4096);
            long n =
                    Native.call(
                            Syscall.READLINKAT,
                            Names.show(name),
                            dirfd,
                            Native.cstring(arena, name).address(),
                            buffer.address(),
                            buffer.byteSize());
            return buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Sets the modification time, and the access time to the same; of a symbolic link itself. */
    public void mtime(byte[] name, long seconds, int nanos) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var times = Native.times(arena, seconds, nanos);
            Native.call(
                    Syscall.UTIMENSAT,
                    Names.show(name),
                    fd.number(),
                    Native.cstring(arena, name).address(),
                    times.address(),
                    At.SYMLINK_NOFOLLOW);
        }
    }

    /** chmod(2) of what is not a symbolic link. */
    public void chmod(byte[] name, int mode) throws ErrnoException {
        // fchmodat(2) follows links and an O_PATH descriptor cannot be fchmod-ed: by way of
        // proc_pid_fd(5)
        try (var file = openName(name, At.O_PATH, 0);
                var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.FCHMODAT,
                    Names.show(name),
                    At.FDCWD,
                    Native.cstring(arena, Names.of(file.path())).address(),
                    mode);
        }
    }

    /** Sets an extended attribute of what is not a symbolic link. */
    public void setXattr(byte[] name, String attribute, byte[] value) throws ErrnoException {
        try (var file = openName(name, At.O_PATH, 0);
                var arena = Arena.ofConfined()) {
            var bytes = arena.allocate(Math.max(1, value.length));
            MemorySegment.copy(value, 0, bytes, ValueLayout.JAVA_BYTE, 0, value.length);
            Native.call(
                    Syscall.SETXATTR,
                    Names.show(name) + " " + attribute,
                    Native.cstring(arena, Names.of(file.path())).address(),
                    Native.cstring(arena, Names.of(attribute)).address(),
                    bytes.address(),
                    value.length,
                    0);
        }
    }

    /** An extended attribute of what is not a symbolic link; empty if it has none such. */
    public Optional<byte[]> xattr(byte[] name, String attribute) throws ErrnoException {
        try (var file = openName(name, At.O_PATH, 0);
                var arena = Arena.ofConfined()) {
            var value = arena.allocate(XATTR_SIZE_MAX);
            // lgetxattr(2) would read the link in /proc itself
            long n =
                    Native.call(
                            Syscall.GETXATTR,
                            Names.show(name) + " " + attribute,
                            Native.cstring(arena, Names.of(file.path())).address(),
                            Native.cstring(arena, Names.of(attribute)).address(),
                            value.address(),
                            value.byteSize());
            return Optional.of(value.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODATA) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** statx(2) of one name, a symbolic link itself; of the empty name, this directory. */
    public Stat stat(byte[] name) throws ErrnoException {
        return stat(fd.number(), name);
    }

    static Stat stat(int dirfd, byte[] name) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var s = arena.allocate(256, 8);
            Native.call(
                    Syscall.STATX,
                    Names.show(name),
                    dirfd,
                    Native.cstring(arena, name).address(),
                    At.SYMLINK_NOFOLLOW | At.EMPTY_PATH,
                    0x7ff, // STATX_BASIC_STATS
                    s.address());
            return new Stat(
                    s.get(ValueLayout.JAVA_SHORT, 28) & 0xffff,
                    Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 20)),
                    Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 24)),
                    s.get(ValueLayout.JAVA_LONG, 40),
                    s.get(ValueLayout.JAVA_LONG, 32),
                    Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 16)),
                    s.get(ValueLayout.JAVA_LONG, 112),
                    s.get(ValueLayout.JAVA_INT, 120),
                    s.get(ValueLayout.JAVA_INT, 128),
                    s.get(ValueLayout.JAVA_INT, 132),
                    s.get(ValueLayout.JAVA_LONG, 136)); // stx_dev_major and stx_dev_minor
        }
    }

    /**
     * The names in this directory without {@code .} and {@code ..}, getdents64(2). Reads from the
     * start.
     */
    public List<byte[]> names() throws ErrnoException {
        fd.seek(0);
        var names = new ArrayList<byte[]>();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(64 << 10, 8);
            while (true) {
                long n =
                        Native.call(
                                Syscall.GETDENTS64,
                                "",
                                fd.number(),
                                buffer.address(),
                                buffer.byteSize());
                if (n == 0) {
                    return names;
                }
                for (long at = 0; at < n; ) {
                    var name = cstringAt(buffer, at + 19);
                    if (!isDot(name)) {
                        names.add(name);
                    }
                    at += buffer.get(ValueLayout.JAVA_SHORT, at + 16) & 0xffff;
                }
            }
        }
    }

    private static byte[] cstringAt(MemorySegment buffer, long from) {
        long to = from;
        while (buffer.get(ValueLayout.JAVA_BYTE, to) != 0) {
            to++;
        }
        return buffer.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
    }

    private static boolean isDot(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /**
     * Removes a name and all below it; crosses no symbolic link. Nothing there is fine. A directory
     * below is first moved up to here, so that a tree of any depth needs two descriptors.
     */
    public void removeTree(byte[] name) throws ErrnoException {
        var names = new ArrayDeque<byte[]>();
        names.push(name);
        long moved = 0;
        int raced = 0;
        while (!names.isEmpty()) {
            var top = names.pop();
            if (unlinked(top)) {
                continue;
            }
            try (var below = sameMount(top)) {
                for (var child : below.names()) {
                    if (!below.unlinked(child)) {
                        var up = Names.of(REMOVED + ProcessHandle.current().pid() + "-" + moved++);
                        below.rename(child, this, concat(name, up));
                        names.push(concat(name, up));
                    }
                }
            }
            try {
                rmdir(top);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOTEMPTY || raced++ == RACES) {
                    throw e;
                }
                names.push(top); // somebody made something in it meanwhile
            }
        }
    }

    /**
     * Opens one name as a directory, refusing a symbolic link, and what is mounted on it (EXDEV):
     * that is no part of a tree.
     */
    public Dir sameMount(byte[] name) throws ErrnoException {
        int flags = At.O_RDONLY | At.O_DIRECTORY | At.O_NOFOLLOW;
        return new Dir(openat2(fd.number(), name, flags, 0, At.RESOLVE_NO_XDEV));
    }

    /** False if it is a directory. */
    private boolean unlinked(byte[] name) throws ErrnoException {
        try {
            unlink(name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EISDIR) {
                return false;
            }
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
        return true;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Override
    public void close() {
        fd.close();
    }
}
