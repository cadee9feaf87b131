package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/** A namespace that some process is in, and whose it is: namespaces(7), ioctl_ns(2). */
public final class Namespace implements AutoCloseable {
    private static final int NS_GET_USERNS = 0xb701;
    private static final int NS_GET_PARENT = 0xb702;
    private static final int NS_GET_OWNER_UID = 0xb704;

    private final Fd fd;

    private Namespace(Fd fd) {
        this.fd = fd;
    }

    /**
     * That of a process.
     *
     * @param type its name in /proc/PID/ns: {@code user}, {@code mnt}
     * @throws ErrnoException ENOENT if the process has ended; EACCES if it has capabilities that we
     *     have not
     */
    public static Namespace of(long pid, String type) throws ErrnoException {
        return new Namespace(Fd.open(Path.of("/proc/" + pid + "/ns/" + type), At.O_RDONLY));
    }

    /** What tells it from every other one that there is. */
    public long inode() throws ErrnoException {
        return fd.stat().inode();
    }

    /** The user namespace that it belongs to; empty if that is none that we are in or above. */
    public Optional<Namespace> owner() throws ErrnoException {
        return related("NS_GET_USERNS", NS_GET_USERNS);
    }

    /** Of a user or process namespace, the one around it; empty if we are not in or above that. */
    public Optional<Namespace> parent() throws ErrnoException {
        return related("NS_GET_PARENT", NS_GET_PARENT);
    }

    private Optional<Namespace> related(String name, int request) throws ErrnoException {
        try {
            int number = (int) Native.call(Syscall.IOCTL, name, fd.number(), request);
            return Optional.of(new Namespace(new Fd(number)));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Of a user namespace, the uid that made it: in the namespace around it, that uid may all. */
    public long ownerUid() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var uid = arena.allocate(4, 4);
            Native.call(
                    Syscall.IOCTL,
                    "NS_GET_OWNER_UID",
                    fd.number(),
                    NS_GET_OWNER_UID,
                    uid.address());
            return Integer.toUnsignedLong(uid.get(ValueLayout.JAVA_INT, 0));
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
