package dev.rootbound.rootfs;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where a tree of the store is not what it should be: names, types, modes, owners, times, sizes,
 * attributes, links and content. Memory is bounded by the largest directory and the files that have
 * several names.
 */
final class TreeComparison {
    /** More differences than this say nothing new. */
    private static final int MOST = 10;

    private static final int PIECE = 256 << 10;

    private final List<String> differences = new ArrayList<>();
    private final Map<Long, Long> inodes = new HashMap<>();
    private final byte[] one = new byte[PIECE];
    private final byte[] other = new byte[PIECE];

    private final long began;

    private TreeComparison(long began) {
        this.began = began;
    }

    /**
     * What differs, a sentence each, ten at most; empty if nothing does.
     *
     * @param began seconds since 1970, before {@code wanted} was made: what has no time of its own
     *     has one from then on
     */
    static List<String> differences(Dir found, Dir wanted, long began) throws IOException {
        var comparison = new TreeComparison(began);
        comparison.attributes("/", found.fd(), wanted.fd());
        comparison.directory("", found, wanted, 0);
        return List.copyOf(comparison.differences);
    }

    private void directory(String path, Dir found, Dir wanted, int depth) throws IOException {
        MergedDirectory.refuseDepth(depth);
        var there = names(found);
        var named = names(wanted);
        var all = new TreeSet<>(there);
        all.addAll(named);
        for (var name : all) {
            if (differences.size() >= MOST) return;
            if (Thread.interrupted()) throw new InterruptedIOException("comparing was interrupted");
            var child = path + "/" + name;
            if (!named.contains(name)) tell(child, "is in no archive");
            else if (!there.contains(name)) tell(child, "is missing");
            else member(child, name, found, wanted, depth);
        }
    }

    private static SortedSet<String> names(Dir dir) throws ErrnoException {
        var names = new TreeSet<String>();
        for (var name : dir.names()) names.add(Bytes.text(name));
        return names;
    }

    private void tell(String path, String what) {
        if (differences.size() < MOST) differences.add(Bytes.show(path) + " " + what);
    }

    private void compare(String path, String what, Object found, Object wanted) {
        if (!found.equals(wanted)) {
            tell(path, "has " + what + " " + found + ", its archive says " + wanted);
        }
    }

    private void member(String path, String text, Dir found, Dir wanted, int depth)
            throws IOException {
        var name = Bytes.of(text);
        try (var is = found.openName(name, At.O_PATH, 0);
                var should = wanted.openName(name, At.O_PATH, 0)) {
            int before = differences.size();
            attributes(path, is, should);
            if (differences.size() > before) return;
            switch (is.stat().mode() & Stat.TYPE) {
                case Stat.DIRECTORY -> {
                    try (var below = found.dir(name);
                            var belowWanted = wanted.dir(name)) {
                        directory(path, below, belowWanted, depth + 1);
                    }
                }
                case Stat.REGULAR -> content(path, is, should);
                case Stat.SYMLINK -> {
                    var target = Bytes.text(wanted.readlink(name));
                    compare(path, "target", Bytes.text(found.readlink(name)), target);
                }
                default -> {}
            }
        }
    }

    private void attributes(String path, Fd found, Fd wanted) throws ErrnoException {
        var is = found.stat();
        var should = wanted.stat();
        compare(
                path,
                "mode",
                Integer.toOctalString(is.mode()),
                Integer.toOctalString(should.mode()));
        compare(
                path,
                "owner on disk",
                is.uid() + ":" + is.gid(),
                should.uid() + ":" + should.gid());
        if (should.mtimeSeconds() < began) compare(path, "time", time(is), time(should));
        compare(path, "device", device(is), device(should));
        if (!is.isDirectory()) {
            compare(path, "size", is.size(), should.size());
            compare(path, "number of names", is.links(), should.links());
            var link = inodes.putIfAbsent(should.inode(), is.inode());
            if (link != null && link != is.inode()) tell(path, "is not the hard link that it was");
            if (should.links() == 1) inodes.remove(should.inode());
        }
        if (!is.isSymlink() && !should.isSymlink()) xattrs(path, found.xattrs(), wanted.xattrs());
    }

    private static String time(Stat stat) {
        return stat.mtimeSeconds() + "." + String.format("%09d", stat.mtimeNanos());
    }

    private static String device(Stat stat) {
        return stat.deviceMajor() + ":" + stat.deviceMinor();
    }

    private void xattrs(String path, Map<String, byte[]> found, Map<String, byte[]> wanted) {
        compare(path, "attributes", found.keySet(), wanted.keySet());
        wanted.forEach((name, value) -> {
            var is = found.get(name);
            if (is != null && !Arrays.equals(is, value)) tell(path, "has another " + name);
        });
    }

    private void content(String path, Fd found, Fd wanted) throws IOException {
        try (var is = Fd.open(found.path(), At.O_RDONLY);
                var should = Fd.open(wanted.path(), At.O_RDONLY)) {
            for (long at = 0; ; ) {
                int got = read(is, one);
                int expected = read(should, other);
                int differs = Arrays.mismatch(one, 0, got, other, 0, expected);
                if (differs >= 0) {
                    tell(path, "has another content from byte " + (at + differs) + " on");
                    return;
                }
                if (got == 0) return;
                at += got;
            }
        }
    }

    /** As much as there is, a piece at most. */
    private static int read(Fd file, byte[] piece) throws ErrnoException {
        int filled = 0;
        while (filled < piece.length) {
            int got = file.read(piece, filled, piece.length - filled);
            if (got < 0) break;
            filled += got;
        }
        return filled;
    }
}
