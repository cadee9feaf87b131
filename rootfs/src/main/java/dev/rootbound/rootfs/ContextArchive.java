package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.HostArchive.Choice;
import dev.rootbound.rootfs.MergedDirectory.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is chosen of a user's directory as a tar: the context of a build. No link is
 * followed, and no FIFO or device opened.
 */
final class ContextArchive {
    private static final byte[] NONE = {};

    /** Whose files these are is the user's affair, not the image's. */
    private static final FileView ROOTS =
            new FileView() {
                @Override
                public long id(long outside) {
                    return 0;
                }

                @Override
                public Map<String, byte[]> attributes(Map<String, byte[]> outside) {
                    return HostArchive.AS_IS.attributes(outside);
                }

                // capabilities, which are of use to programs only
                @Override
                public boolean mayHaveAttributes(Stat stat) {
                    return stat.isRegular() && (stat.mode() & 0111) != 0;
                }
            };

    private final TarOutput tar;
    private final TarMembers members;

    ContextArchive(OutputStream out) {
        this.tar = new TarOutput(out);
        this.members = TarMembers.full(tar, ROOTS);
    }

    /** A file that is not on disk. */
    void add(String name, byte[] content) throws IOException {
        tar.begin(
                new TarEntry(
                        name.getBytes(UTF_8),
                        TarEntry.Type.FILE,
                        0600,
                        0,
                        0,
                        null,
                        content.length,
                        0,
                        0,
                        NONE,
                        0,
                        0,
                        Map.of(),
                        List.of()));
        tar.write(content, 0, content.length);
    }

    /** What is chosen below a directory, in the order of names. */
    void directory(Dir root, Choice choice) throws IOException {
        new Level(null, root, NONE, true).names(choice, 0);
    }

    void finish() throws IOException {
        tar.finish();
    }

    /** A directory on the way to what is written. */
    private final class Level {
        private final @Nullable Level above;
        private final Dir dir;
        private final byte[] path;
        private boolean written;

        /**
         * @param path with a slash at the end
         * @param written whether the directory itself is in the tar
         */
        Level(@Nullable Level above, Dir dir, byte[] path, boolean written) {
            this.above = above;
            this.dir = dir;
            this.path = path;
            this.written = written;
        }

        void names(Choice choice, int depth) throws IOException {
            MergedDirectory.refuseDepth(depth);
            var names = new TreeMap<String, byte[]>();
            for (var name : dir.names()) names.put(Bytes.text(name), name);
            for (var name : names.values()) {
                var chosen = choice.below(new String(name, UTF_8));
                if (chosen.isChosen() || chosen.mayBeBelow()) name(name, chosen, depth);
            }
        }

        private void name(byte[] name, Choice choice, int depth) throws IOException {
            var child = TarMembers.concat(path, name);
            try {
                if (choice.isChosen() && !isDirectory(name, child)) return;
                below(name, TarMembers.slashed(child), choice, depth);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EACCES && e.errno() != Errno.EPERM) throw e;
                throw new IOException(
                        "no permission to read \""
                                + Bytes.show(Bytes.text(child))
                                + "\": give it, or keep it out by .dockerignore",
                        e);
            }
        }

        /** Writes it. */
        private boolean isDirectory(byte[] name, byte[] child) throws IOException {
            write();
            return members.add(new Part(0, dir), name, child) == TarMembers.Found.DIRECTORY;
        }

        private void below(byte[] name, byte[] slashed, Choice choice, int depth)
                throws IOException {
            try (var below = dir.dir(name)) {
                new Level(this, below, slashed, choice.isChosen()).names(choice, depth + 1);
            } catch (ErrnoException e) {
                switch (e.errno()) {
                    case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> {} // no directory, any more
                    default -> throw e;
                }
            }
        }

        private void write() throws IOException {
            if (written) return;
            if (above != null) above.write();
            members.addDirectory(dir.fd(), path);
            written = true;
        }
    }
}
