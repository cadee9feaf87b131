package dev.rootbound.rootfs;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What directories get when all is in them: their times, which every new entry changes, and their
 * default access control lists, which every new entry inherits.
 */
final class LateDirectories {
    /** A tar of directories only compresses a thousandfold and could fill our memory. */
    private static final long LIMIT = 128L << 20;

    private static final Set<Integer> REPLACED = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);

    private final TreeMap<String, Late> directories = new TreeMap<>();
    private long held;

    @SuppressWarnings("ArrayRecordComponent") // only handed to the kernel
    private record Late(long seconds, int nanos, byte @Nullable [] defaultAcl) {}

    void add(String path, long seconds, int nanos, byte @Nullable [] defaultAcl)
            throws LayerException {
        held += path.length() + (defaultAcl == null ? 0 : defaultAcl.length);
        if (held > LIMIT) {
            throw new LayerException(
                    "the names of the archive's directories take more than " + LIMIT + " bytes");
        }
        directories.put(path, new Late(seconds, nanos, defaultAcl));
    }

    /** What was at the path, and all below it, is gone. */
    void forget(String path) {
        directories.remove(path);
        directories.subMap(path + "/", path + "0").clear(); // '0' follows '/'
    }

    void apply(Dir root) throws ErrnoException {
        for (var directory : directories.entrySet()) {
            var path = directory.getKey();
            if (path.isEmpty()) {
                apply(root, directory.getValue());
                continue;
            }
            try (var dir = root.dirInRoot(Bytes.of(path))) {
                apply(dir, directory.getValue());
            } catch (ErrnoException e) {
                // a link on the way was replaced
                if (!REPLACED.contains(e.errno())) throw e;
            }
        }
    }

    private static void apply(Dir dir, Late late) throws ErrnoException {
        if (late.defaultAcl != null) {
            dir.fd().setXattr(Attributes.defaultAcl(), late.defaultAcl);
        }
        dir.fd().mtime(late.seconds, late.nanos);
    }
}
