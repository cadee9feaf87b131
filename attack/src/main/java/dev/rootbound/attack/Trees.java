package dev.rootbound.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;

/** Removes directories that others may write meanwhile: by descriptors, and following no link. */
final class Trees {
    private Trees() {}

    /**
     * Nothing if it is not there.
     *
     * @param tree in a directory that only root, or that with the sticky bit everybody, may write
     */
    static void remove(Path tree) throws IOException {
        var parent = tree.getParent();
        if (parent == null || !Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) return;
        try (var stream = Files.newDirectoryStream(parent)) {
            if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException("remove " + tree + ": this JDK opens no directories");
            }
            directory(secure, tree.getFileName());
        }
    }

    private static void directory(SecureDirectoryStream<Path> parent, Path name)
            throws IOException {
        try (var inside = parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            for (var each : inside) {
                entry(inside, each.getFileName());
            }
        }
        parent.deleteDirectory(name);
    }

    private static void entry(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        var view =
                parent.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        try {
            if (view.readAttributes().isDirectory()) directory(parent, name);
            else parent.deleteFile(name);
        } catch (NoSuchFileException e) {
            // its owner was quicker
        }
    }
}
