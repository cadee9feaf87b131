package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A connected unix(7) socket of type SOCK_SEQPACKET: each read gives one packet as it was sent. */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;

    private final Fd fd;

    private PacketSocket(Fd fd) {
        this.fd = fd;
    }

    /** connect(2). */
    public static PacketSocket connect(Path path) throws ErrnoException {
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
            var name = Names.of(directory.path().resolve(path.getFileName()));
            var address = arena.allocate(2 + name.length + 1L);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            for (int i = 0; i < name.length; i++) {
                address.set(ValueLayout.JAVA_BYTE, 2L + i, name[i]);
            }
            Native.call(
                    Syscall.CONNECT,
                    path.toString(),
                    fd.number(),
                    address.address(),
                    address.byteSize());
            // only from now on: connect(2) itself waits for a place in the queue
            return new PacketSocket(fd.nonBlocking());
        } catch (ErrnoException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static Path parent(Path path) {
        var parent = path.getParent();
        return parent == null ? Path.of(".") : parent;
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
