package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;

/** A connected unix(7) socket of type SOCK_SEQPACKET: each read gives one packet as it was sent. */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Fd fd;

    private PacketSocket(Fd fd) {
        this.fd = fd;
    }

    /** connect(2); while the listener's queue is full it waits, ten seconds at most. */
    public static PacketSocket connect(Path path) throws ErrnoException {
        return connect(path, PATIENCE);
    }

    static PacketSocket connect(Path path, Duration patience) throws ErrnoException {
        var fd =
                new Fd(
                        (int)
                                Native.call(
                                        Syscall.SOCKET,
                                        "",
                                        AF_UNIX,
                                        SOCK_SEQPACKET | SOCK_CLOEXEC,
                                        0));
        // sun_path holds 108 bytes: go by way of the directory, whatever its length
        try (var directory = Fd.open(parent(path), At.O_PATH | At.O_DIRECTORY);
                var arena = Arena.ofConfined()) {
            fd.nonBlocking();
            var name = Names.of(directory.path().resolve(path.getFileName()));
            var address = arena.allocate(2 + name.length + 1L);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            for (int i = 0; i < name.length; i++) {
                address.set(ValueLayout.JAVA_BYTE, 2L + i, name[i]);
            }
            long deadline = System.nanoTime() + patience.toNanos();
            while (!connected(fd, address, path)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new ErrnoException("connect", path.toString(), Errno.ETIMEDOUT);
                }
                pause(path);
            }
            return new PacketSocket(fd);
        } catch (ErrnoException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * False if the queue is full: a blocking socket would wait for a place in the kernel, and hold
     * its carrier thread for as long as the listener pleases.
     */
    private static boolean connected(Fd fd, MemorySegment address, Path path)
            throws ErrnoException {
        try {
            Native.call(
                    Syscall.CONNECT,
                    path.toString(),
                    fd.number(),
                    address.address(),
                    address.byteSize());
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
            return false;
        }
    }

    /** epoll(7) has no event for a place in the queue of a unix(7) socket. */
    private static void pause(Path path) throws ErrnoException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ErrnoException("connect", path.toString(), Errno.EINTR);
        }
    }

    private static Path parent(Path path) {
        var parent = path.getParent();
        return parent == null ? Path.of(".") : parent;
    }

    int number() {
        return fd.number();
    }

    /** One packet: its length, or -1 when the peer has closed. */
    public int receive(byte[] into) throws ErrnoException {
        return fd.read(into, 0, into.length);
    }

    /** Sends one packet. */
    public void send(byte[] bytes, int offset, int length) throws ErrnoException {
        fd.write(bytes, offset, length);
    }

    /** No more will be sent: the peer reads the end. */
    public void endOutput() throws ErrnoException {
        fd.shutdown(SHUT_WR);
    }

    /** Ends a blocked {@link #receive} of another thread; {@link #close} then frees it. */
    public void shutdown() {
        try {
            fd.shutdown(SHUT_RDWR);
        } catch (ErrnoException e) {
            // closed or not connected any more: nothing is blocked
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
