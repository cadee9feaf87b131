package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What COPY and ADD can take: the files of a tar, found in memory, their contents in one file that
 * has no name. Nothing of the archive is made on disk, so that none of its links, devices and names
 * leads anywhere. Names are a char a byte; paths have no slash at the start.
 */
final class SourceFiles implements AutoCloseable {
    /**
     * Where a build's files are.
     *
     * @param directory of the engine
     */
    record Place(Path directory, FileBudget.Part budget) {}

    /** A directory that the archive does not have, only something in it. */
    static final TarEntry DIRECTORY =
            new TarEntry(
                    new byte[] {'.'},
                    TarEntry.Type.DIRECTORY,
                    0755,
                    0,
                    0,
                    null,
                    0,
                    0,
                    0,
                    new byte[0],
                    0,
                    0,
                    Map.of(),
                    List.of());

    private static final int PIECE = 256 << 10;
    private static final int LARGE = 1 << 20;
    private static final int MOST_LINKS = 40; // path_resolution(7)
    private static final int MOST_NAMES = 1000;

    private final FileChannel contents;
    private SourceFile root = SourceFile.directory(DIRECTORY);
    private boolean hasRoot;
    private final String what;
    private final UnaryOperator<TarEntry> seen;
    private final Place place;
    private final byte[] piece = new byte[PIECE];
    private final ByteBuffer unwritten = ByteBuffer.allocateDirect(LARGE);
    private long end;
    private long written;
    private long held;

    private SourceFiles(Place place, String what, UnaryOperator<TarEntry> seen) throws IOException {
        this.contents = unnamed(place.directory);
        this.place = place;
        this.what = what;
        this.seen = seen;
    }

    /**
     * Reads a tar to its end.
     *
     * @param tar uncompressed; left open
     * @param place where the contents are kept until this is closed or the engine dies
     * @param what it is, for messages: {@code build context}
     * @param seen how each entry is taken
     * @throws dev.rootbound.image.TarException for a bad archive
     * @throws EngineException.Invalid for one that holds what cannot be copied
     */
    static SourceFiles read(InputStream tar, Place place, String what, UnaryOperator<TarEntry> seen)
            throws IOException {
        var files = new SourceFiles(place, what, seen);
        try {
            files.readAll(tar);
            files.flush();
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * A build's context: whoever made it, on another machine or this one, here its files are
     * root's.
     *
     * @param tar uncompressed; read to the stream's end, where a decompressor verifies, and left
     *     open
     */
    static SourceFiles context(InputStream tar, Place place) throws IOException {
        var files = read(tar, place, "build context", entry -> entry.ownedBy(0, 0));
        try {
            tar.transferTo(OutputStream.nullOutputStream());
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** A file of its own: no name is left if the engine is killed. */
    static FileChannel unnamed(Path directory) throws IOException {
        var file = Files.createTempFile(directory, "files", "");
        var contents = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Files.delete(file);
        return contents;
    }

    /**
     * One file.
     *
     * @param entry what it is, but for its size
     */
    static SourceFiles one(String name, TarEntry entry, InputStream content, Place place)
            throws IOException {
        var files = new SourceFiles(place, name, UnaryOperator.identity());
        try {
            var read = files.stored(content::read, entry);
            files.flush();
            var whole =
                    SourceFile.other(entry.sized(read.stored()), 0, read.stored(), read.digest());
            files.root.children().put(InsidePath.bytes(name), whole);
            return files;
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** Files that are given as they are, by name. */
    static SourceFiles of(Map<String, byte[]> files, Place place) throws IOException {
        var all = new SourceFiles(place, "Dockerfile", UnaryOperator.identity());
        for (var file : files.entrySet()) {
            var entry =
                    new TarEntry(
                            file.getKey().getBytes(ISO_8859_1),
                            TarEntry.Type.FILE,
                            0644,
                            0,
                            0,
                            null,
                            file.getValue().length,
                            0,
                            0,
                            new byte[0],
                            0,
                            0,
                            Map.of(),
                            List.of());
            var content = new ByteArrayInputStream(file.getValue());
            all.root.children().put(file.getKey(), all.stored(content::read, entry));
        }
        all.flush();
        return all;
    }

    private void readAll(InputStream tar) throws IOException {
        @SuppressWarnings("resource") // whose stream it is closes it
        var reader = new TarReader(tar);
        for (var entry = reader.next(); entry != null; entry = reader.next()) {
            var names = names(new String(entry.name(), ISO_8859_1), entry);
            place.budget.take(entry, what);
            if (!names.isEmpty()) {
                add(reader, seen.apply(entry), names);
            } else if (entry.type() == TarEntry.Type.DIRECTORY) {
                root = file(reader, seen.apply(entry), root);
                hasRoot = true;
            }
        }
    }

    private List<String> names(String path, TarEntry entry) {
        var names = new ArrayList<String>();
        for (var name : path.split("/+", -1)) {
            if (name.equals("..")) {
                throw new EngineException.Invalid(
                        "the "
                                + what
                                + " has "
                                + entry.printableName()
                                + ", which leads out of it");
            }
            if (!name.isEmpty() && !name.equals(".")) names.add(name);
        }
        if (names.size() > MOST_NAMES) {
            throw new EngineException.Invalid(
                    "the " + what + " has a path of more than " + MOST_NAMES + " names");
        }
        return names;
    }

    private void add(TarReader reader, TarEntry entry, List<String> names) throws IOException {
        var parent = root;
        for (var name : names.subList(0, names.size() - 1)) {
            var next = parent.children().get(name);
            if (next == null) {
                place.budget.takeDirectory(what);
                next = SourceFile.directory(DIRECTORY);
                parent.children().put(name, next);
            }
            if (!next.isDirectory()) {
                throw new EngineException.Invalid(
                        "the "
                                + what
                                + " has "
                                + entry.printableName()
                                + ", below what is no directory");
            }
            parent = next;
        }
        var name = names.getLast();
        var before = parent.children().get(name);
        parent.children().put(name, file(reader, entry, before));
    }

    private SourceFile file(TarReader reader, TarEntry entry, @Nullable SourceFile before)
            throws IOException {
        return switch (entry.type()) {
            case FILE -> stored(reader::read, entry);
            case HARD_LINK -> linked(entry);
            case DIRECTORY -> {
                var made = SourceFile.directory(entry);
                if (before != null) made.children().putAll(before.children());
                yield made;
            }
            case SYMLINK, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE ->
                    SourceFile.other(entry, 0, 0, null);
        };
    }

    /** Reads as {@link InputStream#read(byte[], int, int)}. */
    private interface Content {
        int read(byte[] bytes, int offset, int length) throws IOException;
    }

    private SourceFile stored(Content content, TarEntry entry) throws IOException {
        long offset = end;
        var sha256 = Hashes.sha256();
        for (int got; (got = content.read(piece, 0, piece.length)) >= 0; ) {
            sha256.update(piece, 0, got);
            place.budget.check(end + got, what);
            write(piece, got);
        }
        return SourceFile.other(entry, offset, end - offset, Hashes.end(sha256));
    }

    /** Many small files are one large write. */
    private void write(byte[] bytes, int length) throws IOException {
        for (int at = 0; at < length; ) {
            if (!unwritten.hasRemaining()) flush();
            int part = Math.min(length - at, unwritten.remaining());
            unwritten.put(bytes, at, part);
            at += part;
        }
        end += length;
    }

    private void flush() throws IOException {
        unwritten.flip();
        held += unwritten.remaining();
        place.budget.holds(unwritten.remaining());
        while (unwritten.hasRemaining()) written += contents.write(unwritten, written);
        unwritten.clear();
    }

    private SourceFile linked(TarEntry entry) {
        var target = root;
        for (var name : names(new String(entry.linkName(), ISO_8859_1), entry)) {
            var next = target.children().get(name);
            if (next == null) throw dangling(entry);
            target = next;
        }
        if (target.isDirectory()) throw dangling(entry);
        return target;
    }

    private EngineException dangling(TarEntry entry) {
        return new EngineException.Invalid(
                "the "
                        + what
                        + " has "
                        + entry.printableName()
                        + ", a link to a file that does not come before it");
    }

    /** Removes what is not to be seen; a directory stays if something in it does. */
    void remove(Ignore ignore) throws InterruptedException {
        remove(root, ignore.root());
    }

    private static boolean remove(SourceFile directory, Ignore.Match match)
            throws InterruptedException {
        for (var all = directory.children().entrySet().iterator(); all.hasNext(); ) {
            var child = all.next();
            var below = match(match, child.getKey());
            boolean empty = !child.getValue().isDirectory() || remove(child.getValue(), below);
            if (empty && below.isExcluded()) all.remove();
        }
        return directory.children().isEmpty();
    }

    /** Many patterns take their time: others have theirs, and who has gone is not waited for. */
    @SuppressWarnings("ThreadPriorityCheck") // a virtual thread keeps its carrier until it waits
    static Ignore.Match match(Ignore.Match directory, String name) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        Thread.yield();
        return directory.below(new String(name.getBytes(ISO_8859_1), UTF_8));
    }

    /** Where other files of the same build are to be. */
    Place place() {
        return place;
    }

    /** All of it. */
    SourceFile root() {
        return root;
    }

    /** Whether the archive was of a directory, not of one file. */
    boolean isDirectory() {
        return hasRoot;
    }

    /** What a path leads to, links followed, in this tree only; empty if there is nothing. */
    Optional<SourceFile> find(String path) {
        int links = 0;
        Deque<String> left = new ArrayDeque<>(Arrays.asList(path.split("/+")));
        var way = new ArrayDeque<SourceFile>();
        way.push(root);
        while (!left.isEmpty()) {
            var name = left.pop();
            if (name.isEmpty() || name.equals(".")) continue;
            if (name.equals("..")) {
                if (way.size() > 1) way.pop();
                continue;
            }
            var next = way.element().children().get(name);
            if (next == null) return Optional.empty();
            if (!next.isSymlink()) {
                way.push(next);
                continue;
            }
            if (++links > MOST_LINKS) return Optional.empty();
            var target = new String(next.entry().linkName(), ISO_8859_1);
            if (target.startsWith("/")) {
                way.clear();
                way.push(root);
            }
            for (var each : Arrays.asList(target.split("/+")).reversed()) left.push(each);
        }
        return Optional.of(way.element());
    }

    /** A file's content from a position on; how many bytes, -1 at its end. */
    int read(SourceFile file, long position, byte[] buffer, int offset, int length)
            throws IOException {
        if (position >= file.stored()) return -1;
        int wanted = (int) Math.min(length, file.stored() - position);
        int got = contents.read(ByteBuffer.wrap(buffer, offset, wanted), file.offset() + position);
        if (got < 0) throw new EOFException("the " + what + " was cut short on disk");
        return got;
    }

    /** All of a small file. */
    byte[] bytes(SourceFile file, int limit) throws IOException {
        if (file.stored() > limit) {
            throw new IOException("it has " + file.stored() + " bytes, the limit is " + limit);
        }
        var bytes = new byte[(int) file.stored()];
        for (int at = 0; at < bytes.length; ) at += read(file, at, bytes, at, bytes.length - at);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        contents.close();
        place.budget.holds(-held);
        held = 0;
    }
}
