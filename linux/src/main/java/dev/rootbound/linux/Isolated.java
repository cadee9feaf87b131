package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread with a working directory, file-system ids and securebits of its own, which ends
 * with its action: a thread that has changed these is never used again. The action starts no thread
 * and no process.
 */
public final class Isolated {
    private static final int CLONE_FS = 0x200;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int SECBIT_NO_SETUID_FIXUP = 4;

    private Isolated() {}

    /**
     * Runs the action with its own working directory and as file-system user and group {@code id}
     * (setfsuid(2)), with the capabilities kept.
     */
    public static <T> T as(long id, Path directory, Callable<T> action) throws IOException {
        return run(() -> {
            enter(directory);
            Native.call(Syscall.PRCTL, "", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
            Native.call(Syscall.SETFSGID, "", id);
            Native.call(Syscall.SETFSUID, "", id);
            return action.call();
        });
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
