package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Dir;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container sees of its own files, read from the store by descriptors: without a mount, and
 * without following anything, so that a container that runs and changes them can neither lead it
 * out nor stop it. What is mounted in the container is not part of it.
 */
public final class RootTree implements InsideFiles {
    private final Path store;
    private final String upper;
    private final List<String> lower;

    /**
     * @param upper the writable layer's name in the store
     * @param lower the layers' names, top first
     */
    RootTree(Path store, String upper, List<String> lower) {
        this.store = store;
        this.upper = upper;
        this.lower = List.copyOf(lower);
    }

    /** Whether the tree was there all the time. */
    public interface Check {
        void run() throws IOException;
    }

    /** What was done to a path. */
    public enum Kind {
        MODIFIED,
        ADDED,
        DELETED
    }

    /**
     * A difference between the writable layer and those below.
     *
     * @param path absolute, inside
     */
    public record Change(String path, Kind kind) {}

    /** What the container has changed, parents before what is in them. */
    public List<Change> changes() throws IOException {
        try (var own = open(List.of(upper));
                var below = open(lower)) {
            return new ChangeList().of(own, below);
        }
    }

    /**
     * Writes a tar of all of it to the stream, which stays open. Ids are those inside; sockets and
     * what vanishes meanwhile are left out.
     *
     * @param check asked before the archive's end is written; what it throws leaves it without one
     */
    public void export(OutputStream tar, Check check) throws IOException {
        try (var root = open(all())) {
            RootArchive.write(root, tar, check);
        }
    }

    /**
     * What a path leads to as the container would find it, its last name not followed unless a
     * slash follows it. As Docker, {@code ..} is resolved in the text before any link.
     *
     * @throws NoSuchFileException if there is nothing
     * @throws LayerException if what is taken for a directory is none, or links go round
     */
    public RootPath find(byte[] path) throws IOException {
        var root = open(all());
        try {
            return RootPath.open(root, path);
        } catch (IOException e) {
            root.close();
            throw e;
        }
    }

    @Override
    public byte[] read(String file, int limit) throws IOException {
        try (var found = find(file.getBytes(UTF_8))) {
            var link = found.linkTarget();
            if (link.isEmpty()) return found.read(limit);
            try (var target = find(link.getBytes(UTF_8))) {
                return target.read(limit);
            }
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    /**
     * Where a path leads as {@link #find} goes, as an absolute path without links on the way; there
     * need be nothing.
     */
    public byte[] real(byte[] path) throws IOException {
        var names = Destination.of(path).names();
        if (RootPath.isEntered(Bytes.text(path)) || names.isEmpty()) return end(names);
        var parent = Bytes.text(end(names.subList(0, names.size() - 1)));
        return Bytes.of((parent.equals("/") ? "" : parent) + "/" + names.getLast());
    }

    private byte[] end(List<String> names) throws IOException {
        try (var root = open(all());
                var walk = new PathWalk(root)) {
            return Bytes.of(walk.end(names));
        }
    }

    /**
     * All of it, under the last name of a path.
     *
     * @param path not the root
     */
    public RootPath whole(byte[] path) throws IOException {
        return RootPath.whole(open(all()), path);
    }

    private List<String> all() {
        var names = new ArrayList<>(List.of(upper));
        names.addAll(lower);
        return names;
    }

    /**
     * Writes a tar of the writable layer, as a layer on those below, to the stream, which stays
     * open; the same files make the same bytes. Sockets and what vanishes meanwhile are left out.
     *
     * @param more a tar, uncompressed, whose members come last; {@code null}: none
     * @throws LayerException for what no layer can hold
     */
    public void pack(OutputStream tar, LayerRules rules, @Nullable InputStream more)
            throws IOException {
        try (var own = open(List.of(upper));
                var below = open(lower)) {
            PlatformThread.call(
                    "pack-layer",
                    () -> {
                        LayerArchive.write(own, below, tar, rules, more);
                        return tar;
                    });
        }
    }

    /** Bytes in the files of the writable layer; one with several names counts once. */
    public long writtenSize() throws IOException {
        try (var own = open(List.of(upper))) {
            return new TreeSize().of(own);
        }
    }

    private MergedDirectory open(List<String> names) throws IOException {
        var dirs = new ArrayList<Dir>();
        try (var all = Dir.open(store)) {
            for (var name : names) {
                dirs.add(all.dirInRoot(Bytes.of(name)));
            }
            return MergedDirectory.root(dirs);
        } catch (IOException e) {
            dirs.forEach(Dir::close);
            throw e;
        }
    }
}
