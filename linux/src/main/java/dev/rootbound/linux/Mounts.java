package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Mounts by mount(2) and, for id-mapped ones, open_tree(2), mount_setattr(2) (Linux 5.12) and
 * move_mount(2).
 */
public final class Mounts {
    public static final int RDONLY = 1;
    public static final int NOSUID = 2;
    public static final int NODEV = 4;
    public static final int BIND = 4096;
    private static final int PRIVATE = 1 << 18;
    private static final int DETACH = 2;
    private static final int NOFOLLOW = 8;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final long MOUNT_ATTR_IDMAP = 0x0010_0000;

    private Mounts() {}

    /** mount(2). */
    public static void mount(String source, String target, String type, long flags, String options)
            throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.MOUNT,
                    type + " on " + target,
                    Native.cstring(arena, Names.of(source)).address(),
                    Native.cstring(arena, Names.of(target)).address(),
                    Native.cstring(arena, Names.of(type)).address(),
                    flags,
                    Native.cstring(arena, Names.of(options)).address());
        }
    }

    /** Shows {@code source} at {@code target}, kept out of every mount propagation. */
    public static void bind(Path source, Path target) throws ErrnoException {
        mount(source.toString(), target.toString(), "", BIND, "");
        mount("", target.toString(), "", PRIVATE, "");
    }

    /**
     * A copy of the mount at a directory with its ids mapped by a user namespace, attached at
     * {@code target}.
     *
     * @param flags of {@link #RDONLY}, {@link #NOSUID}, {@link #NODEV}; else as the mount's
     * @param userNamespace its inside ids are those on disk, its outside ids those seen through the
     *     mount
     */
    public static void idmap(Path source, Path target, Fd userNamespace, long flags)
            throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var from = Native.cstring(arena, Names.of(source));
            var to = Native.cstring(arena, Names.of(target));
            var empty = Native.cstring(arena, new byte[0]);
            try (var tree =
                    new Fd(
                            (int)
                                    Native.call(
                                            Syscall.OPEN_TREE,
                                            source.toString(),
                                            At.FDCWD,
                                            from.address(),
                                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC))) {
                var attr = arena.allocate(32, 8); // struct mount_attr
                attr.set(
                        ValueLayout.JAVA_LONG,
                        0,
                        MOUNT_ATTR_IDMAP | flags); // MOUNT_ATTR_*: as MS_*
                attr.set(ValueLayout.JAVA_LONG, 24, userNamespace.number());
                Native.call(
                        Syscall.MOUNT_SETATTR,
                        source.toString(),
                        tree.number(),
                        empty.address(),
                        At.EMPTY_PATH,
                        attr.address(),
                        attr.byteSize());
                Native.call(
                        Syscall.MOVE_MOUNT,
                        target.toString(),
                        tree.number(),
                        empty.address(),
                        At.FDCWD,
                        to.address(),
                        MOVE_MOUNT_F_EMPTY_PATH);
            }
        }
    }

    /**
     * umount2(2) with MNT_DETACH: gone from the tree at once, from memory when its last user ends.
     */
    public static void detach(Path target) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.UMOUNT2,
                    target.toString(),
                    Native.cstring(arena, Names.of(target)).address(),
                    DETACH | NOFOLLOW);
        }
    }
}
