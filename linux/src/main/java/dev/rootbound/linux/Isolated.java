package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread with a working directory, credentials and securebits of its own, which ends
 * with its action: a thread that has changed these is never used again. The action starts no thread
 * and no process.
 */
public final class Isolated {
    private static final int CLONE_FS = 0x200;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int SECBIT_NO_SETUID_FIXUP = 4;
    private static final int CAPABILITY_VERSION_3 = 0x2008_0522; // linux/capability.h

    private Isolated() {}

    /**
     * Runs the action with its own working directory and as file-system user and group {@code id}
     * (setfsuid(2)), with the capabilities kept.
     */
    public static <T> T as(long uid, long gid, Path directory, Callable<T> action)
            throws IOException {
        return run(() -> {
            enter(directory);
            own(uid, gid);
            return action.call();
        });
    }

    /** Runs the action with these file-system ids, with the capabilities kept. */
    static <T> T owning(long uid, long gid, Callable<T> action) throws IOException {
        return run(() -> {
            own(uid, gid);
            return action.call();
        });
    }

    private static void own(long uid, long gid) throws ErrnoException {
        Native.call(Syscall.PRCTL, "", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
        Native.call(Syscall.SETFSGID, "", gid);
        Native.call(Syscall.SETFSUID, "", uid);
    }

    /**
     * Runs the action with somebody's file-system ids and groups and, unless that is root, without
     * any capability: what it opens, that user could have opened (setfsuid(2), setgroups(2) of the
     * thread alone).
     */
    public static <T> T as(Credentials user, Callable<T> action) throws IOException {
        return run(() -> {
            if (user.uid() != 0) {
                become(user);
            }
            return action.call();
        });
    }

    /**
     * As {@link #as(Credentials, Callable)}, and with that user's effective ids, by which others
     * know who connects: unix(7), SO_PEERCRED. The real ids stay, so that nobody may send this
     * process signals for it.
     */
    static <T> T asPeer(Credentials user, Callable<T> action) throws IOException {
        return run(() -> {
            if (user.uid() != 0) {
                groups(user);
                Native.call(Syscall.SETRESGID, "", -1, user.gid(), -1);
                Native.call(Syscall.SETRESUID, "", -1, user.uid(), -1);
                dropped(user);
            }
            return action.call();
        });
    }

    private static void become(Credentials user) throws ErrnoException {
        groups(user);
        Native.call(Syscall.SETFSGID, "", user.gid());
        Native.call(Syscall.SETFSUID, "", user.uid());
        dropped(user);
    }

    private static void groups(Credentials user) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var groups = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, user.groups().size()));
            for (int i = 0; i < user.groups().size(); i++) {
                groups.setAtIndex(ValueLayout.JAVA_INT, i, user.groups().get(i).intValue());
            }
            Native.call(Syscall.SETGROUPS, "", user.groups().size(), groups.address());
        }
    }

    /** Gives all capabilities up, and looks at whose the thread is. */
    private static void dropped(Credentials user) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var header = arena.allocate(8, 4); // struct __user_cap_header_struct; pid 0: the caller
            header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION_3);
            var none = arena.allocate(24, 4); // two struct __user_cap_data_struct
            Native.call(Syscall.CAPSET, "", header.address(), none.address());
        }
        // setfsuid(2) does not tell that it fails: it returns what was before
        long uid = Native.call(Syscall.SETFSUID, "", -1);
        long gid = Native.call(Syscall.SETFSGID, "", -1);
        if ((uid & 0xFFFF_FFFFL) != user.uid() || (gid & 0xFFFF_FFFFL) != user.gid()) {
            throw new ErrnoException("setfsuid", "uid " + user.uid(), Errno.EPERM);
        }
    }

    private static void enter(Path directory) throws ErrnoException {
        Native.call(Syscall.UNSHARE, "CLONE_FS", CLONE_FS);
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.CHDIR,
                    directory.toString(),
                    Native.cstring(arena, Names.of(directory)).address());
        }
    }

    static <T> T run(Callable<T> action) throws IOException {
        var outcome = new Outcome<T>();
        var thread =
                Thread.ofPlatform()
                        .name("isolated")
                        .start(() -> {
                            try {
                                outcome.value = action.call();
                            } catch (Throwable e) {
                                outcome.failure = e;
                            }
                        });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the action is short and must not be left half done
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.get();
    }

    private static final class Outcome<T> {
        @Nullable T value;
        @Nullable Throwable failure;

        @SuppressWarnings({"unchecked", "NullAway"}) // a Callable<T> gives a T
        T get() throws IOException {
            if (failure == null) {
                return value;
            }
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            throw new IOException(failure);
        }
    }
}
