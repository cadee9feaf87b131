package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Mounts by mount(2) and, for id-mapped ones, open_tree(2), mount_setattr(2) (Linux 5.12) and
 * move_mount(2).
 */
public final class Mounts {
    public static final int RDONLY = 1;
    public static final int NOSUID = 2;
    public static final int NODEV = 4;
    public static final int NOEXEC = 8;
    public static final int BIND = 4096;
    private static final int PRIVATE = 1 << 18;
    private static final int DETACH = 2;
    private static final int NOFOLLOW = 8;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 0x80000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
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
        try (var from = Fd.open(source, At.O_PATH);
                var to = Fd.open(target, At.O_PATH)) {
            attach(from, to, Changes.of(flags).seenThrough(userNamespace));
        } catch (ErrnoException e) {
            throw new ErrnoException(e.call(), source.toString(), e.errno());
        }
    }

    /**
     * What is different in a copy of a mount.
     *
     * @param flags of {@link #RDONLY}, {@link #NOSUID}, {@link #NODEV}, in addition to the mount's
     * @param userNamespace {@code null}: ids are as on disk
     */
    public record Changes(long flags, @Nullable Fd userNamespace) {
        /** With these flags. */
        public static Changes of(long flags) {
            return new Changes(flags, null);
        }

        /** With its ids mapped: see {@link #idmap}. */
        public Changes seenThrough(Fd changed) {
            return new Changes(flags, changed);
        }
    }

    /**
     * Attaches a copy of the mount that {@code source} is on, with {@code source} as its root and
     * without what is mounted below, at {@code target}; both are opened with O_PATH, and no path is
     * resolved. The copy is kept out of every mount propagation.
     *
     * @throws ErrnoException of mount_setattr: EINVAL if this file system's ids cannot be mapped,
     *     EPERM if they are mapped already
     */
    public static void attach(Fd source, Fd target, Changes changes) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var empty = Native.cstring(arena, new byte[0]);
            int clone = At.EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
            try (var tree =
                    new Fd(
                            (int)
                                    Native.call(
                                            Syscall.OPEN_TREE,
                                            "",
                                            source.number(),
                                            empty.address(),
                                            clone))) {
                change(tree, changes);
                Native.call(
                        Syscall.MOVE_MOUNT,
                        "",
                        tree.number(),
                        empty.address(),
                        target.number(),
                        empty.address(),
                        MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
            }
        }
    }

    /**
     * Moves a mount, with all that is mounted in it, to {@code target}, which is opened with O_PATH
     * and not resolved again.
     *
     * @throws ErrnoException of move_mount: EINVAL if only one of both is a directory, ENOENT if
     *     the target was removed meanwhile
     */
    public static void move(Path mount, Fd target) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Syscall.MOVE_MOUNT,
                    mount.toString(),
                    At.FDCWD,
                    Native.cstring(arena, Names.of(mount)).address(),
                    target.number(),
                    Native.cstring(arena, new byte[0]).address(),
                    MOVE_MOUNT_T_EMPTY_PATH);
        }
    }

    private static void change(Fd tree, Changes changes) throws ErrnoException {
        var namespace = changes.userNamespace();
        try (var arena = Arena.ofConfined()) {
            var attr = arena.allocate(32, 8); // struct mount_attr
            long idmap = namespace == null ? 0 : MOUNT_ATTR_IDMAP;
            attr.set(ValueLayout.JAVA_LONG, 0, idmap | changes.flags()); // MOUNT_ATTR_*: as MS_*
            attr.set(ValueLayout.JAVA_LONG, 16, PRIVATE);
            attr.set(ValueLayout.JAVA_LONG, 24, namespace == null ? 0 : namespace.number());
            Native.call(
                    Syscall.MOUNT_SETATTR,
                    "",
                    tree.number(),
                    Native.cstring(arena, new byte[0]).address(),
                    At.EMPTY_PATH,
                    attr.address(),
                    attr.byteSize());
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
