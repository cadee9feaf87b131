package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * An open file descriptor, always close-on-exec. Those of pipes, sockets and terminals wait in the
 * {@link Poller}; reads and writes of files block the calling thread in the kernel.
 */
public final class Fd implements AutoCloseable {
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final int number;
    private volatile boolean waits;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /**
     * The owner and the threads that read or write now: the last of them closes the descriptor, so
     * that none meets another file under its number.
     */
    private final AtomicInteger users = new AtomicInteger(1);

    Fd(int number) {
        this.number = number;
    }

    /** Opens a path that the engine trusts, open(2); for paths from elsewhere see {@link Dir}. */
    public static Fd open(Path path, int flags) throws ErrnoException {
        var fd = Dir.openat2(At.FDCWD, Names.of(path), flags, 0, 0);
        fd.waits = (flags & At.O_NONBLOCK) != 0;
        return fd;
    }

    /** The descriptor's number. */
    public int number() {
        if (!open.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /** A path by which this process can name what it refers to, proc_pid_fd(5). */
    public Path path() {
        return Path.of("/proc/self/fd/" + number());
    }

    /** Another descriptor of the same open file, numbered {@code from} or higher. */
    Fd duplicate(int from) throws ErrnoException {
        return new Fd((int) Native.call(Syscall.FCNTL, "F_DUPFD", number(), F_DUPFD_CLOEXEC, from));
    }

    /** Sets O_NONBLOCK, fcntl(2): from now on reads and writes wait in the {@link Poller}. */
    Fd nonBlocking() throws ErrnoException {
        waits = true;
        Native.call(Syscall.FCNTL, "F_SETFL", number(), F_SETFL, At.O_RDWR | At.O_NONBLOCK);
        return this;
    }

    /** read(2): bytes read, or -1 at the end; EBADF once it is closed, also while it waits. */
    public int read(byte[] into, int offset, int length) throws ErrnoException {
        enter("read");
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.max(1, length));
            while (true) {
                try {
                    long n = Native.call(Syscall.READ, "", number, buffer.address(), length);
                    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) n);
                    return n == 0 && length > 0 ? -1 : (int) n;
                } catch (ErrnoException e) {
                    awaitAfter(e, Poller::readable);
                }
            }
        } finally {
            leave();
        }
    }

    /** write(2) until all is written; EBADF once it is closed, also while it waits. */
    public void write(byte[] bytes, int offset, int length) throws ErrnoException {
        enter("write");
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.max(1, length));
            MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
            for (long done = 0; done < length; ) {
                try {
                    done +=
                            Native.call(
                                    Syscall.WRITE,
                                    "",
                                    number,
                                    buffer.address() + done,
                                    length - done);
                } catch (ErrnoException e) {
                    awaitAfter(e, Poller::writable);
                }
            }
        } finally {
            leave();
        }
    }

    private void enter(String call) throws ErrnoException {
        if (users.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
            throw closed(call);
        }
        if (!open.get()) {
            leave();
            throw closed(call);
        }
    }

    private static ErrnoException closed(String call) {
        return new ErrnoException(call, "", Errno.EBADF);
    }

    private void leave() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        try {
            if (waits) {
                Poller.readable().forget(number);
                Poller.writable().forget(number);
            }
            Native.call(Syscall.CLOSE, "", number);
        } catch (ErrnoException e) {
            // close(2): the descriptor is released whatever is returned
        }
    }

    private void awaitAfter(ErrnoException e, Supplier<Poller> poller) throws ErrnoException {
        switch (e.errno()) {
            case Errno.EAGAIN -> {
                poller.get().await(number, open::get);
                if (!open.get()) {
                    throw closed(e.call());
                }
            }
            case Errno.EINTR -> {}
            default -> throw e;
        }
    }

    /** shutdown(2) of a connected socket; EBADF once it is closed. */
    void shutdown(int how) throws ErrnoException {
        enter("shutdown");
        try {
            Native.call(Syscall.SHUTDOWN, "", number, how);
        } finally {
            leave();
        }
    }

    /** statx(2). */
    public Stat stat() throws ErrnoException {
        return Dir.stat(number(), new byte[0]);
    }

    /** fchown(2). */
    public void chown(long uid, long gid) throws ErrnoException {
        Native.call(Syscall.FCHOWN, "", number(), uid, gid);
    }

    /** fchownat(2) with AT_EMPTY_PATH, for a descriptor that was opened with O_PATH. */
    public void chownPath(long uid, long gid) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var empty = Native.cstring(arena, new byte[0]);
            Native.call(Syscall.FCHOWNAT, "", number(), empty.address(), uid, gid, At.EMPTY_PATH);
        }
    }

    /** fchmod(2). */
    public void chmod(int mode) throws ErrnoException {
        Native.call(Syscall.FCHMOD, "", number(), mode);
    }

    /** fsync(2). */
    public void fsync() throws ErrnoException {
        Native.call(Syscall.FSYNC, "", number());
    }

    /** syncfs(2): the whole file system that this is on. */
    public void syncfs() throws ErrnoException {
        Native.call(Syscall.SYNCFS, "", number());
    }

    /** ftruncate(2). */
    public void truncate(long size) throws ErrnoException {
        Native.call(Syscall.FTRUNCATE, "", number(), size);
    }

    /** lseek(2) from the start. */
    public void seek(long offset) throws ErrnoException {
        Native.call(Syscall.LSEEK, "", number(), offset, 0);
    }

    /** Where there is data from an offset on, SEEK_DATA; empty if there is none. */
    public OptionalLong nextData(long offset) throws ErrnoException {
        try {
            return OptionalLong.of(
                    Native.call(Syscall.LSEEK, "SEEK_DATA", number(), offset, SEEK_DATA));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENXIO) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /**
     * Where the next hole begins, or the file ends, SEEK_HOLE.
     *
     * @param offset within the file
     */
    public long nextHole(long offset) throws ErrnoException {
        return Native.call(Syscall.LSEEK, "SEEK_HOLE", number(), offset, SEEK_HOLE);
    }

    /** fsetxattr(2). */
    public void setXattr(String name, byte[] value) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocate(Math.max(1, value.length));
            MemorySegment.copy(value, 0, bytes, ValueLayout.JAVA_BYTE, 0, value.length);
            Native.call(
                    Syscall.FSETXATTR,
                    name,
                    number(),
                    Native.cstring(arena, Names.of(name)).address(),
                    bytes.address(),
                    value.length,
                    0);
        }
    }

    /**
     * All extended attributes of what is not a symbolic link, listxattr(2); also for a descriptor
     * that was opened with O_PATH.
     */
    public Map<String, byte[]> xattrs() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var path = Native.cstring(arena, Names.of(path()));
            var buffer = arena.allocate(Dir.XATTR_SIZE_MAX);
            long size = buffer.byteSize();
            long n = Native.call(Syscall.LISTXATTR, "", path.address(), buffer.address(), size);
            if (n == 0) {
                return Map.of();
            }
            var names = buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
            var all = new TreeMap<String, byte[]>();
            for (var name : new String(names, StandardCharsets.UTF_8).split("\0")) {
                xattr(path, name, buffer).ifPresent(value -> all.put(name, value));
            }
            return all;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EOPNOTSUPP) {
                return Map.of();
            }
            throw e;
        }
    }

    private static Optional<byte[]> xattr(MemorySegment path, String name, MemorySegment buffer)
            throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            long n =
                    Native.call(
                            Syscall.GETXATTR,
                            name,
                            path.address(),
                            Native.cstring(arena, Names.of(name)).address(),
                            buffer.address(),
                            buffer.byteSize());
            return Optional.of(buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODATA) { // removed meanwhile
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Sets the modification time, and the access time to the same: utimensat(2). */
    public void mtime(long seconds, int nanos) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var times = Native.times(arena, seconds, nanos);
            Native.call(Syscall.UTIMENSAT, "", number(), 0, times.address(), 0);
        }
    }

    /** How many bytes of a pipe nobody has read yet, ioctl_pipe(2) FIONREAD. */
    public int unread() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var count = arena.allocate(4);
            Native.call(Syscall.IOCTL, "FIONREAD", number(), 0x541b, count.address());
            return count.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Sets a terminal's size, ioctl_tty(2) TIOCSWINSZ. */
    public void windowSize(int rows, int columns) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(8);
            size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
            Native.call(Syscall.IOCTL, "TIOCSWINSZ", number(), 0x5414, size.address());
        }
    }

    /** At once if nobody reads or writes; a thread that waits to do so goes on, and fails. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            if (waits) {
                Poller.readable().wake(number);
                Poller.writable().wake(number);
            }
            leave();
        }
    }
}
