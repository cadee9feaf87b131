package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file descriptor, always close-on-exec. Reads and writes block the calling thread in the
 * kernel: use a platform thread where that may be long.
 */
public final class Fd implements AutoCloseable {
    private final int number;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Fd(int number) {
        this.number = number;
    }

    /** Opens a path that the engine trusts, open(2); for paths from elsewhere see {@link Dir}. */
    public static Fd open(Path path, int flags) throws ErrnoException {
        return Dir.openat2(At.FDCWD, Names.of(path), flags, 0, 0);
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

    /** read(2): bytes read, or -1 at the end. */
    public int read(byte[] into, int offset, int length) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.max(1, length));
            long n = Native.call(Syscall.READ, "", number(), buffer.address(), length);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, (int) n);
            return n == 0 && length > 0 ? -1 : (int) n;
        }
    }

    /** write(2) until all is written. */
    public void write(byte[] bytes, int offset, int length) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(Math.max(1, length));
            MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
            for (long done = 0; done < length; ) {
                done +=
                        Native.call(
                                Syscall.WRITE,
                                "",
                                number(),
                                buffer.address() + done,
                                length - done);
            }
        }
    }

    /** fchown(2). */
    public void chown(long uid, long gid) throws ErrnoException {
        Native.call(Syscall.FCHOWN, "", number(), uid, gid);
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

    /** Sets the modification time, and the access time to the same: utimensat(2). */
    public void mtime(long seconds, int nanos) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var times = Native.times(arena, seconds, nanos);
            Native.call(Syscall.UTIMENSAT, "", number(), 0, times.address(), 0);
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

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            try {
                Native.call(Syscall.CLOSE, "", number);
            } catch (ErrnoException e) {
                // close(2): the descriptor is released whatever is returned
            }
        }
    }
}
