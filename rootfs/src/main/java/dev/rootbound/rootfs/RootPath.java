package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.MergedDirectory.Named;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a path in a container's files leads to, open until closed. Strings are {@link Bytes}. */
public final class RootPath implements AutoCloseable {
    private final MergedDirectory root;
    private final PathWalk walk;
    private final List<String> names;
    private final String base;

    /** In the directory that was walked to; {@code null}: that directory itself. */
    private final @Nullable Named named;

    private @Nullable MountedFiles under;

    private RootPath(
            MergedDirectory root,
            PathWalk walk,
            List<String> names,
            String base,
            @Nullable Named named) {
        this.root = root;
        this.walk = walk;
        this.names = names;
        this.base = base;
        this.named = named;
    }

    /** See {@link RootTree#find}. Closes the root with itself, but not when it fails. */
    static RootPath open(MergedDirectory root, byte[] path) throws IOException {
        var text = Bytes.text(path);
        var names = Destination.joined(List.of(), text);
        boolean entered = isEntered(text) || names.isEmpty();
        var base = isDotted(text) ? "." : names.isEmpty() ? "/" : names.getLast();
        var walk = new PathWalk(root);
        try {
            walk.enter(entered ? names : names.subList(0, names.size() - 1));
            var named = entered ? null : find(walk.at(), base);
            return new RootPath(root, walk, names, base, named);
        } catch (NotDirectoryException e) {
            walk.close();
            throw new LayerException("lstat " + Bytes.show(text) + ": not a directory");
        } catch (IOException e) {
            walk.close();
            throw e;
        }
    }

    private static boolean isDotted(String path) {
        return path.equals(".") || path.endsWith("/.");
    }

    /** Whether the last name, too, is followed to a directory. */
    static boolean isEntered(String path) {
        return isDotted(path) || path.endsWith("/");
    }

    /** The root itself, under the last name of a path. */
    static RootPath whole(MergedDirectory root, byte[] path) throws IOException {
        var base = Destination.of(path).names().getLast();
        return new RootPath(root, new PathWalk(root), List.of(), base, null);
    }

    private static Named find(MergedDirectory directory, String name) throws IOException {
        return directory
                .lookup(Bytes.of(name))
                .orElseThrow(() -> new NoSuchFileException(Bytes.show(name)));
    }

    /** The last name of the path: {@code .} if it ends so, {@code /} for the root. */
    public String name() {
        return new String(Bytes.of(base), UTF_8);
    }

    public Stat stat() throws IOException {
        return named == null ? walk.at().fd().stat() : named.stat();
    }

    /**
     * Where a symbolic link leads inside when all links are followed, an absolute path; there need
     * be nothing. Empty for anything else.
     *
     * @throws LayerException if links go round
     */
    public String linkTarget() throws IOException {
        if (named == null || !named.stat().isSymlink()) return "";
        try (var whole = new PathWalk(root)) {
            return new String(Bytes.of(whole.end(names)), UTF_8);
        }
    }

    /** See {@link InsideFiles#read}. */
    byte[] read(int limit) throws IOException {
        if (named == null) throw InsideFile.notPlain(base);
        // by O_PATH, which opens neither a FIFO nor a device in place of the file
        try (var fd = named.part().dir().openName(Bytes.of(base), At.O_PATH, 0)) {
            if (!fd.stat().isRegular()) throw InsideFile.notPlain(base);
            try (var opened = Fd.open(fd.path(), At.O_RDONLY)) {
                return InsideFile.content(base, opened, limit);
            }
        }
    }

    /**
     * Writes a tar of it and all below, named as the path's last name, to the stream, which stays
     * open; else as {@link RootTree#export}.
     */
    public void archive(OutputStream tar, RootTree.Check check) throws IOException {
        if (named == null) {
            RootArchive.writeDirectory(walk.at(), slashed(), tar, check);
        } else if (named.stat().isDirectory()) {
            try (var directory = walk.at().below(Bytes.of(base))) {
                if (directory.isNone()) throw new NoSuchFileException(Bytes.show(base));
                RootArchive.writeDirectory(directory, slashed(), tar, check);
            }
        } else {
            RootArchive.writeFile(named.part(), Bytes.of(base), tar, check);
        }
    }

    private byte[] slashed() {
        return Bytes.of(base.equals("/") ? base : base + "/");
    }

    /** Closes something else after itself. */
    public RootPath closing(MountedFiles files) {
        under = files;
        return this;
    }

    @Override
    public void close() throws IOException {
        walk.close();
        root.close();
        if (under != null) under.close();
    }
}
