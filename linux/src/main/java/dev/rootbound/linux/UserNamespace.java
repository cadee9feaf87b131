package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A user namespace, user_namespaces(7), and if asked for a network namespace that it owns; they
 * live as long as a descriptor, mount or process holds them.
 *
 * <p>A process of many threads cannot unshare one for itself. So a child is cloned for the moment:
 * it shares the engine's memory (no copy of a large address space), runs nothing but libc's
 * usleep(3) on a stack of its own, has its maps written and its namespaces opened, and is killed
 * before anything can join it. If the engine dies in between, it ends by itself.
 */
public final class UserNamespace implements AutoCloseable {
    private static final int CLONE_VM = 0x100;
    private static final int CLONE_NEWUSER = 0x1000_0000;
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int WCLONE = 0x8000_0000;
    private static final int SIGKILL = 9;
    private static final int STACK = 64 << 10;
    private static final long MOMENT_MICROSECONDS = 5_000_000;

    private final Fd user;
    private final @Nullable Fd network;

    private UserNamespace(Fd user, @Nullable Fd network) {
        this.user = user;
        this.network = network;
    }

    /**
     * With these maps, in the format of /proc/PID/uid_map.
     *
     * @throws ErrnoException of clone: ENOSPC or EUSERS when /proc/sys/user/max_user_namespaces is
     *     reached, EPERM when the kernel forbids user namespaces
     */
    public static UserNamespace create(String uidMap, String gidMap) throws IOException {
        return create(uidMap, gidMap, false);
    }

    /** {@link #create}, and a network namespace that belongs to it. */
    public static UserNamespace createWithNetwork(String uidMap, String gidMap) throws IOException {
        return create(uidMap, gidMap, true);
    }

    private static UserNamespace create(String uidMap, String gidMap, boolean withNetwork)
            throws IOException {
        try (var arena = Arena.ofShared()) {
            var stackTop = arena.allocate(STACK, 16).asSlice(STACK - 64);
            int flags = CLONE_VM | CLONE_NEWUSER | (withNetwork ? CLONE_NEWNET : 0);
            int child = Native.clone(Native.symbol("usleep"), stackTop, flags, MOMENT_MICROSECONDS);
            try {
                var proc = Path.of("/proc/" + child);
                Files.writeString(proc.resolve("uid_map"), uidMap);
                Files.writeString(proc.resolve("gid_map"), gidMap);
                var user = Fd.open(proc.resolve("ns/user"), At.O_RDONLY);
                try {
                    return new UserNamespace(
                            user,
                            withNetwork ? Fd.open(proc.resolve("ns/net"), At.O_RDONLY) : null);
                } catch (ErrnoException e) {
                    user.close();
                    throw e;
                }
            } finally {
                // before the stack it runs on is freed
                Native.call(Syscall.KILL, "", child, SIGKILL);
                Native.call(Syscall.WAIT4, "", child, 0, WCLONE, 0);
            }
        }
    }

    /** The user namespace, as mount_setattr(2) takes it. */
    public Fd user() {
        return user;
    }

    /** Keeps the user namespace alive at {@code file}, an existing file that becomes a mount. */
    public void pinUser(Path file) throws ErrnoException {
        Mounts.bind(user.path(), file);
    }

    /** Sets the network namespace's loopback device up. */
    public void loopbackUp() throws IOException {
        Namespaces.loopbackUp(network());
    }

    /** Keeps the network namespace alive at {@code file}, an existing file that becomes a mount. */
    public void pinNetwork(Path file) throws ErrnoException {
        Mounts.bind(network().path(), file);
    }

    private Fd network() {
        if (network == null) {
            throw new IllegalStateException("made without a network namespace");
        }
        return network;
    }

    @Override
    public void close() {
        user.close();
        if (network != null) {
            network.close();
        }
    }
}
