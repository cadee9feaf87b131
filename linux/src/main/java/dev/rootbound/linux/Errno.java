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
                    Map.entry(7, "E2BIG (arguments too long)"),
                    Map.entry(ENOEXEC, "ENOEXEC (not a program)"),
                    Map.entry(EBADF, "EBADF (bad file descriptor)"),
                    Map.entry(10, "ECHILD (no such child)"),
                    Map.entry(EAGAIN, "EAGAIN (try again)"),
                    Map.entry(12, "ENOMEM (out of memory)"),
                    Map.entry(EACCES, "EACCES (permission denied)"),
                    Map.entry(14, "EFAULT (bad address)"),
                    Map.entry(15, "ENOTBLK (not a block device)"),
                    Map.entry(EBUSY, "EBUSY (busy)"),
                    Map.entry(EEXIST, "EEXIST (file exists)"),
                    Map.entry(EXDEV, "EXDEV (outside of the root or another file system)"),
                    Map.entry(19, "ENODEV (no such device)"),
                    Map.entry(ENOTDIR, "ENOTDIR (not a directory)"),
                    Map.entry(EISDIR, "EISDIR (is a directory)"),
                    Map.entry(EINVAL, "EINVAL (invalid argument)"),
                    Map.entry(23, "ENFILE (too many open files in the system)"),
                    Map.entry(24, "EMFILE (too many open files)"),
                    Map.entry(25, "ENOTTY (not for this kind of file)"),
                    Map.entry(ETXTBSY, "ETXTBSY (is being executed)"),
                    Map.entry(27, "EFBIG (file too large)"),
                    Map.entry(ENOSPC, "ENOSPC (no space left on device)"),
                    Map.entry(29, "ESPIPE (cannot be sought in)"),
                    Map.entry(EROFS, "EROFS (read-only file system)"),
                    Map.entry(31, "EMLINK (too many links)"),
                    Map.entry(EPIPE, "EPIPE (broken pipe)"),
                    Map.entry(ERANGE, "ERANGE (result too large)"),
                    Map.entry(35, "EDEADLK (would deadlock)"),
                    Map.entry(36, "ENAMETOOLONG (file name too long)"),
                    Map.entry(37, "ENOLCK (no locks left)"),
                    Map.entry(ENOSYS, "ENOSYS (not in this kernel)"),
                    Map.entry(ENOTEMPTY, "ENOTEMPTY (directory not empty)"),
                    Map.entry(ELOOP, "ELOOP (too many symbolic links)"),
                    Map.entry(ENODATA, "ENODATA (no such attribute)"),
                    Map.entry(71, "EPROTO (protocol error)"),
                    Map.entry(74, "EBADMSG (damaged data)"),
                    Map.entry(EOVERFLOW, "EOVERFLOW (id or value is not mapped)"),
                    Map.entry(84, "EILSEQ (invalid characters)"),
                    Map.entry(87, "EUSERS (too many nested user namespaces)"),
                    Map.entry(88, "ENOTSOCK (not a socket)"),
                    Map.entry(90, "EMSGSIZE (message too long)"),
                    Map.entry(93, "EPROTONOSUPPORT (no such protocol)"),
                    Map.entry(EOPNOTSUPP, "EOPNOTSUPP (not supported by this file system)"),
                    Map.entry(EAFNOSUPPORT, "EAFNOSUPPORT (no such address family)"),
                    Map.entry(98, "EADDRINUSE (address in use)"),
                    Map.entry(99, "EADDRNOTAVAIL (not an address of this host)"),
                    Map.entry(100, "ENETDOWN (network is down)"),
                    Map.entry(101, "ENETUNREACH (no route to the network)"),
                    Map.entry(
                            103,
                            "ECONNABORTED (connection given up, as by a FUSE server that has ended)"),
                    Map.entry(ECONNRESET, "ECONNRESET (connection reset)"),
                    Map.entry(105, "ENOBUFS (no buffer space)"),
                    Map.entry(106, "EISCONN (already connected)"),
                    Map.entry(107, "ENOTCONN (not connected, as a FUSE mount without its server)"),
                    Map.entry(108, "ESHUTDOWN (shut down)"),
                    Map.entry(ETIMEDOUT, "ETIMEDOUT (timed out)"),
                    Map.entry(111, "ECONNREFUSED (connection refused)"),
                    Map.entry(112, "EHOSTDOWN (host is down)"),
                    Map.entry(113, "EHOSTUNREACH (no route to host)"),
                    Map.entry(116, "ESTALE (file is gone from its server)"),
                    Map.entry(117, "EUCLEAN (file system is damaged)"),
                    Map.entry(121, "EREMOTEIO (input/output error elsewhere)"),
                    Map.entry(EDQUOT, "EDQUOT (disk quota exceeded)"),
                    Map.entry(123, "ENOMEDIUM (no medium)"),
                    Map.entry(125, "ECANCELED (canceled)"),
                    Map.entry(ENOKEY, "ENOKEY (no such key)"),
                    Map.entry(127, "EKEYEXPIRED (key has expired)"),
                    Map.entry(128, "EKEYREVOKED (key was revoked)"),
                    Map.entry(129, "EKEYREJECTED (key was rejected)"));

    private Errno() {}

    /** Its name and meaning, for messages. */
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
