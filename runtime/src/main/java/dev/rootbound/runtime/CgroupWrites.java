package dev.rootbound.runtime;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes to a cgroup's files of which, when one fails, the earlier are taken back. */
final class CgroupWrites {
    private record Done(CgroupDirectory directory, String file, String before) {}

    private final Deque<Done> done = new ArrayDeque<>();

    void write(CgroupDirectory directory, String file, String value) throws IOException {
        var before = directory.text(file).orElse("");
        try {
            directory.write(file, value);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + help(directory, file, e), e.getCause());
        }
        done.push(new Done(directory, file, before));
    }

    /** The kernel gives a number only: what it most often means here. */
    private static String help(CgroupDirectory directory, String file, IOException e)
            throws IOException {
        int errno = e.getCause() instanceof ErrnoException call ? call.errno() : 0;
        if (errno == Errno.EBUSY && file.startsWith("memory.")) {
            var usage = file.replace(".limit_in_bytes", ".usage_in_bytes");
            return ": the container uses "
                    + directory.number(usage)
                    + " bytes and cannot give up that many; free some in it, or ask for more";
        }
        boolean isLess = file.startsWith("cpu.") || file.startsWith("cpuset.");
        if (isLess && (errno == Errno.EINVAL || errno == Errno.EACCES)) {
            return ": not more can be given than the cgroup above it has, see "
                    + directory.path().resolveSibling(file);
        }
        return "";
    }

    /** After a failure: the last write first, since each was allowed after those before it. */
    void takeBack(IOException cause) {
        for (var write : done) {
            try {
                write.directory.write(write.file, write.before);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
