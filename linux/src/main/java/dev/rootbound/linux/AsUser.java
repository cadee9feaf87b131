package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * What the kernel lets a user do with files, asked of the kernel itself: on a thread that has the
 * user's file-system ids and groups and no capability over files, and that ends with the question.
 */
public final class AsUser {
    private static final int W_OK = 2;
    private static final int AT_EACCESS = 0x200;

    private final Credentials user;

    /** For one user. */
    public AsUser(Credentials user) {
        this.user = user;
    }

    /** Whether it may write a file, or make files in a directory; nothing is written. */
    public boolean mayWrite(Fd file) throws IOException {
        try {
            long _ =
                    Isolated.as(
                            user,
                            () -> {
                                try (var arena = Arena.ofConfined()) {
                                    return Native.call(
                                            Syscall.FACCESSAT2,
                                            "",
                                            file.number(),
                                            Native.cstring(arena, new byte[0]).address(),
                                            W_OK,
                                            AT_EACCESS | At.EMPTY_PATH);
                                }
                            });
            return true;
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case Errno.EACCES, Errno.EPERM, Errno.EROFS -> false;
                default -> throw e;
            };
        }
    }
}
