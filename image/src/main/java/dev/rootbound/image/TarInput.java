package dev.rootbound.image;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The archive's bytes: header blocks, content and its padding, with the position for messages. */
final class TarInput implements AutoCloseable {
    private final InputStream in;
    private final byte[] skipped = new byte[16 << 10];
    private long position;
    private long content;
    private int padding;

    TarInput(InputStream in) {
        this.in = in;
    }

    long position() {
        return position;
    }

    /** Content left of the current entry. */
    long content() {
        return content;
    }

    /** The next header; {@code null} at the archive's end: two zero blocks, or no more bytes. */
    @Nullable TarHeader header() throws IOException {
        var block = new byte[TarHeader.BLOCK];
        if (!block(block)) return null;
        var header = new TarHeader(block);
        if (!header.isZero()) {
            header.verifyChecksum();
            return header;
        }
        if (block(block) && !new TarHeader(block).isZero()) {
            throw new TarException("more follows a zero block");
        }
        return null;
    }

    /** False at the end of the stream. */
    private boolean block(byte[] block) throws IOException {
        int got = in.readNBytes(block, 0, block.length);
        position += got;
        if (got == 0) return false;
        if (got < block.length) throw new TarException("the archive ends in a header");
        return true;
    }

    /** The content of a header that extends the next. */
    byte[] extension(int size) throws IOException {
        beginContent(size);
        var bytes = in.readNBytes(size);
        position += bytes.length;
        content -= bytes.length;
        if (bytes.length < size) throw new TarException("the archive ends in its extended header");
        skipContent();
        return bytes;
    }

    /** A block of content that is a header by another name. */
    byte[] contentBlock() throws IOException {
        if (content < TarHeader.BLOCK) throw new TarException("its sparse map is cut off");
        var block = extensionBlock();
        content -= block.length;
        return block;
    }

    /** A block that follows a header and that its size does not count. */
    byte[] extensionBlock() throws IOException {
        var block = new byte[TarHeader.BLOCK];
        if (!block(block)) throw new TarException("the archive ends in its sparse map");
        return block;
    }

    void beginContent(long size) {
        content = size;
        padding = (int) (-size & (TarHeader.BLOCK - 1));
    }

    int read(byte[] buffer, int offset, int length) throws IOException {
        if (content == 0) return -1;
        int got = in.read(buffer, offset, (int) Math.min(length, content));
        if (got < 0) throw cutOff();
        position += got;
        content -= got;
        return got;
    }

    void skipContent() throws IOException {
        while (content > 0) {
            if (read(skipped, 0, skipped.length) < 0) return;
        }
        position += in.readNBytes(skipped, 0, padding); // some writers leave the last one out
        padding = 0;
    }

    private TarException cutOff() {
        return new TarException(
                "the archive ends at offset "
                        + position
                        + ", "
                        + content
                        + " bytes before the end of an entry");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
