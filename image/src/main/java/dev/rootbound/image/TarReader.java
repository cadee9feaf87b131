package dev.rootbound.image;

import dev.rootbound.image.TarHeader.Field;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive, an entry at a time: v7, ustar, GNU, star and pax, with sparse files. Names
 * and extended attributes stay bytes. Never allocates by what a header claims; reads no further
 * than the two zero blocks that end an archive.
 *
 * <p>Every method throws {@link TarException} for a bad archive, and passes on what the stream
 * throws.
 */
public final class TarReader implements AutoCloseable {
    /**
     * What one entry may cost.
     *
     * @param header bytes of its pax headers together
     * @param name bytes of a name
     * @param sparseRuns runs of a sparse file
     */
    record Limits(int header, int name, int sparseRuns) {}

    private static final Limits LIMITS = new Limits(1 << 20, 64 << 10, 1 << 18);

    private final TarInput in;
    private final Limits limits;
    private final PaxRecords global;
    private boolean ended;

    /** Closing this closes the stream, which should be buffered. */
    public TarReader(InputStream in) {
        this(in, LIMITS);
    }

    TarReader(InputStream in, Limits limits) {
        this.in = new TarInput(in);
        this.limits = limits;
        this.global = new PaxRecords(limits.header);
    }

    /** The next entry, skipping what is left of the one before; {@code null} at the end. */
    public @Nullable TarEntry next() throws IOException {
        if (ended) return null;
        in.skipContent();
        var extensions = new Extensions();
        long start = in.position();
        try {
            while (true) {
                var header = in.header();
                if (header == null) {
                    ended = true;
                    if (extensions.any)
                        throw new TarException("the archive ends after its headers");
                    return null;
                }
                extensions.any = true;
                if (!extensions.add(header)) return entry(header, extensions);
            }
        } catch (TarException e) {
            ended = true;
            throw e.at(start, extensions.name);
        }
    }

    /**
     * Content of the current entry; of a sparse file the data of its runs, one after another.
     *
     * @return how many bytes, -1 at the content's end
     */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        return in.read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** The headers that precede an entry's own. */
    private final class Extensions {
        final PaxRecords pax = new PaxRecords(limits.header);
        byte @Nullable [] longName;
        byte @Nullable [] longLink;

        /** For messages. */
        byte[] name = {};

        boolean any;

        /** False if it is the entry's own header. */
        boolean add(TarHeader header) throws IOException {
            switch (header.type()) {
                case 'x' -> pax.add(extension(header, limits.header, "pax header"));
                case 'g' -> global.add(extension(header, limits.header, "global pax header"));
                case 'L' -> name = longName = name(extension(header, limits.name, "long name"));
                case 'K' -> longLink = name(extension(header, limits.name, "long link"));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private byte[] extension(TarHeader header, int limit, String what) throws IOException {
            long size = header.number(Field.SIZE);
            if (size < 0 || size > limit) {
                throw new TarException(
                        "its " + what + " claims " + size + " bytes, limit " + limit);
            }
            return in.extension((int) size);
        }

        private static byte[] name(byte[] field) {
            int end = 0;
            while (end < field.length && field[end] != 0) end++;
            return Arrays.copyOf(field, end);
        }
    }

    private TarEntry entry(TarHeader header, Extensions extensions) throws IOException {
        var pax = extensions.pax.over(global);
        var name = name(header, pax, extensions);
        extensions.name = name;
        if (name.length == 0) throw new TarException("it has no name");
        var type = type(header, name);
        var link = isLink(type) ? linkName(header, pax, extensions) : new byte[0];
        long claimed = pax.number("size", header.number(Field.SIZE));
        if (claimed < 0) throw new TarException("its size is " + claimed);
        long stored =
                type == TarEntry.Type.FILE ? claimed : 0; // as Go's reader: others have no content
        in.beginContent(stored);
        var sparse =
                type == TarEntry.Type.FILE
                        ? SparseFormat.read(header, pax, in, limits.sparseRuns)
                        : SparseFormat.NONE;
        return TarEntries.entry(header, pax, name, type, link, sparse.size(stored), sparse.runs());
    }

    private byte[] name(TarHeader header, PaxRecords pax, Extensions extensions)
            throws TarException {
        var real = pax.value("GNU.sparse.name");
        var path = real != null ? real : pax.value("path");
        return checked(
                extensions.longName != null
                        ? extensions.longName
                        : path != null ? path : header.name());
    }

    private byte[] linkName(TarHeader header, PaxRecords pax, Extensions extensions)
            throws TarException {
        var path = pax.value("linkpath");
        var name =
                checked(
                        extensions.longLink != null
                                ? extensions.longLink
                                : path != null ? path : header.linkName());
        if (name.length == 0) throw new TarException("it links to nothing");
        return name;
    }

    private byte[] checked(byte[] name) throws TarException {
        if (name.length > limits.name) {
            throw new TarException("its name has " + name.length + " bytes, limit " + limits.name);
        }
        for (byte b : name) if (b == 0) throw new TarException("its name holds a NUL");
        return name;
    }

    private static boolean isLink(TarEntry.Type type) {
        return type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMLINK;
    }

    private static TarEntry.Type type(TarHeader header, byte[] name) throws TarException {
        return switch (header.type()) {
            // v7 knew no directories but by their name
            case '\0' ->
                    name[name.length - 1] == '/' ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case '0', '7', 'S' -> TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMLINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            default ->
                    throw new TarException(
                            "its type '"
                                    + TarEntry.printable(new byte[] {(byte) header.type()})
                                    + "' is unknown");
        };
    }
}
