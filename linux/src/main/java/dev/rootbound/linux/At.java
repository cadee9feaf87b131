package dev.rootbound.linux;

/** Constants of openat2(2), openat(2) and friends (linux/fcntl.h, linux/openat2.h). */
public final class At {
    static final int FDCWD = -100;
    static final int SYMLINK_NOFOLLOW = 0x100;
    static final int REMOVEDIR = 0x200;
    static final int EMPTY_PATH = 0x1000;
    static final int RECURSIVE = 0x8000;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    public static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
    public static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    /** Every symbolic link, {@code ..} and absolute name stays below the directory, Linux 5.6. */
    public static final int RESOLVE_IN_ROOT = 0x10;

    /** Nothing above the directory is reached, whatever the path holds: EXDEV, Linux 5.6. */
    static final int RESOLVE_BENEATH = 0x08;

    /** The links of /proc are not followed, Linux 5.6. */
    public static final int RESOLVE_NO_MAGICLINKS = 0x02;

    /** No mount point is crossed, Linux 5.6. */
    static final int RESOLVE_NO_XDEV = 0x01;

    /** No symbolic link is followed, Linux 5.6. */
    static final int RESOLVE_NO_SYMLINKS = 0x04;

    private At() {}
}
