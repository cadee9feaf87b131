package dev.rootbound.engine;

import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where a source is on the host. Texts are a char a byte.
 *
 * @param path without a link
 * @param others at which the host shows it, too, or what is mounted below it
 */
record HostNames(String path, List<String> others) {
    HostNames {
        others = List.copyOf(others);
    }

    /** With the rights of who has a source. */
    interface Opener {
        Fd open(Path path) throws IOException;
    }

    /**
     * Of what may not be there, or not for who asks: then as far as the way is.
     *
     * @param below whether what is mounted below it counts
     * @param hidden mounts that are no matter of the host's
     */
    static HostNames find(Path path, boolean below, Opener opener, Predicate<String> hidden)
            throws IOException {
        for (var there = path; ; there = there.getParent()) {
            try (var fd = opener.open(there)) {
                var real = real(fd, HostPaths.bytes(there.relativize(path).toString()));
                return new HostNames(real, others(fd, real, below, hidden));
            } catch (ErrnoException e) {
                if (there.getParent() == null) throw e;
            }
        }
    }

    private static String real(Fd fd, String rest) throws ErrnoException {
        var real = HostPath.real(fd);
        if (rest.isEmpty()) return real;
        return (real.equals("/") ? "" : real) + "/" + rest;
    }

    /**
     * By the host's own bind mounts.
     *
     * @param path of what is open, or of what would be below it
     */
    static List<String> others(Fd fd, String path, boolean below, Predicate<String> hidden)
            throws IOException {
        var table = MountTable.read();
        var names = new ArrayList<String>();
        table.of(fd).ifPresent(it -> names.addAll(table.names(it, path)));
        if (below) {
            for (var mount : table.below(path)) names.addAll(table.names(mount, mount.path()));
        }
        names.removeIf(hidden);
        return names;
    }
}
