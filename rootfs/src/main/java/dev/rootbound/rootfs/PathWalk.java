package dev.rootbound.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes along names in a merged tree as its container would, whose root is the tree's. Links are
 * read and followed here, not by the kernel: wherever they say, each step is one name in a
 * directory of the tree. Strings are {@link Bytes}.
 */
final class PathWalk implements AutoCloseable {
    /** As Docker; the kernel gives up at 40, path_resolution(7). */
    private static final int MOST_LINKS = 255;

    private final MergedDirectory root;

    /** Links and the way back from them can make a short path a long way. */
    private static final int MOST_STEPS = 40_000;

    private final ArrayDeque<String> left = new ArrayDeque<>();
    private final List<String> names = new ArrayList<>();
    private MergedDirectory at;
    private int links;
    private int steps;

    /** Starts at the root, which stays open. */
    PathWalk(MergedDirectory root) {
        this.root = root;
        this.at = root;
    }

    /** Where it is; closed with this. */
    MergedDirectory at() {
        return at;
    }

    /** Goes on to a directory, or fails. */
    void enter(List<String> path) throws IOException {
        left.addAll(path);
        while (!left.isEmpty()) {
            step(left.pop());
        }
    }

    /** Goes on as far as there is something, and says where that leads: an absolute path. */
    String end(List<String> path) throws IOException {
        left.addAll(path);
        while (!left.isEmpty()) {
            var name = left.pop();
            try {
                step(name);
            } catch (NoSuchFileException | NotDirectoryException e) {
                names.add(name);
                return "/" + String.join("/", Destination.joined(names, String.join("/", left)));
            }
        }
        return "/" + String.join("/", names);
    }

    private void step(String name) throws IOException {
        if (name.equals("..")) {
            up();
            return;
        }
        var found =
                at.lookup(Bytes.of(name)).orElseThrow(() -> new NoSuchFileException(show(name)));
        if (found.stat().isSymlink()) {
            follow(Bytes.text(found.part().dir().readlink(Bytes.of(name))));
            return;
        }
        if (!found.stat().isDirectory()) throw new NotDirectoryException(show(name));
        down(name);
        names.add(name);
    }

    private void follow(String target) throws IOException {
        if (++links > MOST_LINKS) throw new LayerException("too many links in " + show(target));
        if (target.startsWith("/")) {
            names.clear();
            move(root);
        }
        for (var name : List.of(target.split("/")).reversed()) {
            if (!name.isEmpty() && !name.equals(".")) left.push(name);
        }
    }

    /** By the names from the root: the container may move directories meanwhile. */
    private void up() throws IOException {
        if (names.isEmpty()) return;
        names.removeLast();
        move(root);
        for (var name : names) {
            down(name);
        }
    }

    private void down(String name) throws IOException {
        if (++steps > MOST_STEPS) {
            throw new LayerException("too many steps in the way to " + show(name));
        }
        if (Thread.interrupted()) throw new InterruptedIOException("looking for a path");
        move(at.below(Bytes.of(name)));
        if (at.isNone()) throw new NoSuchFileException(show(name)); // gone meanwhile
    }

    private void move(MergedDirectory to) {
        if (at != root) at.close();
        at = to;
    }

    private static String show(String name) {
        return Bytes.show(name);
    }

    @Override
    public void close() {
        move(root);
    }
}
