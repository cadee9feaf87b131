package dev.rootbound.runtime;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes to a cgroup's files of which, when one fails, the earlier are taken back. */
final class CgroupWrites {
    private record Done(CgroupDirectory directory, String file, String before) {}

    private final Deque<Done> done = new ArrayDeque<>();

    void write(CgroupDirectory directory, String file, String value) throws IOException {
        var before = directory.text(file).orElse("");
        directory.write(file, value);
        done.push(new Done(directory, file, before));
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
