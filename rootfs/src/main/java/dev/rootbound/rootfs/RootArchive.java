package dev.rootbound.rootfs;

import dev.rootbound.image.TarOutput;
import dev.rootbound.rootfs.MergedDirectory.Part;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a merged tree, or a part of it, as a tar. */
final class RootArchive {
    private static final byte[] NONE = {};

    private final TarOutput tar;
    private final TarMembers members;

    RootArchive(OutputStream out, FileView view) {
        this.tar = new TarOutput(out);
        this.members = TarMembers.full(tar, view);
    }

    static void write(MergedDirectory root, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out, FileView.INSIDE);
        archive.directory(root, NONE, 0);
        check.run();
        archive.finish();
    }

    /**
     * A directory and all in it.
     *
     * @param path its name in the archive, with a slash at the end
     */
    static void writeDirectory(
            MergedDirectory directory, byte[] path, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out, FileView.INSIDE);
        archive.whole(directory, path);
        check.run();
        archive.finish();
    }

    /** What is not a directory, under its own name; nothing if it has gone. */
    static void writeFile(Part part, byte[] name, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out, FileView.INSIDE);
        archive.file(part, name, name);
        check.run();
        archive.finish();
    }

    /** A directory and all in it; the path has a slash at the end. */
    void whole(MergedDirectory directory, byte[] path) throws IOException {
        members.addDirectory(directory.fd(), path);
        directory(directory, path, 0);
    }

    /** What is not a directory. */
    void file(Part part, byte[] name, byte[] path) throws IOException {
        members.add(part, name, path);
    }

    void finish() throws IOException {
        tar.finish();
    }

    private void directory(MergedDirectory directory, byte[] path, int depth) throws IOException {
        directory.refuseDeep(depth);
        for (var named : directory.names().entrySet()) {
            var name = Bytes.of(named.getKey());
            var child = TarMembers.concat(path, name);
            if (members.add(named.getValue(), name, child) == TarMembers.Found.DIRECTORY) {
                try (var below = directory.below(name)) {
                    directory(below, TarMembers.slashed(child), depth + 1);
                }
            }
        }
    }
}
