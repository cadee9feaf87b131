package dev.rootbound.linux;

import java.util.Map;

/** Error numbers of errno(3), as on x86-64 and aarch64. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ETXTBSY = 26;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int ECONNRESET = 104;
    public static final int ETIMEDOUT = 110;
    public static final int EDQUOT = 122;
    public static final int ENOKEY = 126;

    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(EPERM, "EPERM (operation not permitted)"),
                    Map.entry(ENOENT, "ENOENT (no such file or directory)"),
                    Map.entry(ESRCH, "ESRCH (no such process)"),
                    Map.entry(EINTR, "EINTR (interrupted)"),
                    Map.entry(EIO, "EIO (input/output error)"),
                    Map.entry(ENXIO, "ENXIO (no such device or address)"),
                    Map.entry(ENOEXEC, "ENOEXEC (not a program)"),
                    Map.entry(EBADF, "EBADF (bad file descriptor)"),
                    Map.entry(EAGAIN, "EAGAIN (try again)"),
                    Map.entry(12, "ENOMEM (out of memory)"),
                    Map.entry(EACCES, "EACCES (permission denied)"),
                    Map.entry(EBUSY, "EBUSY (busy)"),
                    Map.entry(EEXIST, "EEXIST (file exists)"),
                    Map.entry(EXDEV, "EXDEV (outside of the root or another file system)"),
                    Map.entry(ENOTDIR, "ENOTDIR (not a directory)"),
                    Map.entry(EISDIR, "EISDIR (is a directory)"),
                    Map.entry(EINVAL, "EINVAL (invalid argument)"),
                    Map.entry(23, "ENFILE (too many open files in the system)"),
                    Map.entry(24, "EMFILE (too many open files)"),
                    Map.entry(ETXTBSY, "ETXTBSY (is being executed)"),
                    Map.entry(27, "EFBIG (file too large)"),
                    Map.entry(ENOSPC, "ENOSPC (no space left on device)"),
                    Map.entry(EROFS, "EROFS (read-only file system)"),
                    Map.entry(31, "EMLINK (too many links)"),
                    Map.entry(EPIPE, "EPIPE (broken pipe)"),
                    Map.entry(ERANGE, "ERANGE (result too large)"),
                    Map.entry(36, "ENAMETOOLONG (file name too long)"),
                    Map.entry(ENOSYS, "ENOSYS (not in this kernel)"),
                    Map.entry(ENOTEMPTY, "ENOTEMPTY (directory not empty)"),
                    Map.entry(ELOOP, "ELOOP (too many symbolic links)"),
                    Map.entry(ENODATA, "ENODATA (no such attribute)"),
                    Map.entry(EOVERFLOW, "EOVERFLOW (id or value is not mapped)"),
                    Map.entry(87, "EUSERS (too many nested user namespaces)"),
                    Map.entry(EOPNOTSUPP, "EOPNOTSUPP (not supported by this file system)"),
                    Map.entry(EAFNOSUPPORT, "EAFNOSUPPORT (no such address family)"),
                    Map.entry(ECONNRESET, "ECONNRESET (connection reset)"),
                    Map.entry(ETIMEDOUT, "ETIMEDOUT (timed out)"),
                    Map.entry(111, "ECONNREFUSED (connection refused)"),
                    Map.entry(EDQUOT, "EDQUOT (disk quota exceeded)"),
                    Map.entry(ENOKEY, "ENOKEY (no such key)"));

    private Errno() {}

    /** Its name and meaning, for messages. */
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
