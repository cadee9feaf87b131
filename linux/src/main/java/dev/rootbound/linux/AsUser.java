package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What the kernel lets a user do with files, asked of the kernel itself: on a thread that has the
 * user's file-system ids and groups and no capability over files, and that ends with the question.
 */
public final class AsUser {
    private static final int W_OK = 2;
    private static final int AT_EACCESS = 0x200;

    private final long uid;
    private final long gid;
    private final List<Long> groups;

    /**
     * @param groups the supplementary ones
     */
    public AsUser(long uid, long gid, List<Long> groups) {
        this.uid = uid;
        this.gid = gid;
        this.groups = List.copyOf(groups);
    }

    /** Whether it may write a file, or make files in a directory; nothing is written. */
    public boolean mayWrite(Fd file) throws IOException {
        try {
            long _ =
                    run(() -> {
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

    /**
     * Runs it as this user. setfsuid(2) from 0 to another takes the thread's capabilities over
     * files away, capabilities(7).
     */
    public <T> T run(Callable<T> action) throws IOException {
        return Isolated.run(() -> {
            setGroups();
            Native.call(Syscall.SETFSGID, "", gid);
            Native.call(Syscall.SETFSUID, "", uid);
            return action.call();
        });
    }

    /** setgroups(2) itself is of this thread alone; libc's is not. */
    private void setGroups() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var list = arena.allocate(Math.max(4, 4L * groups.size()), 4);
            for (int i = 0; i < groups.size(); i++) {
                list.setAtIndex(ValueLayout.JAVA_INT, i, groups.get(i).intValue());
            }
            Native.call(Syscall.SETGROUPS, "", groups.size(), list.address());
        }
    }
}
