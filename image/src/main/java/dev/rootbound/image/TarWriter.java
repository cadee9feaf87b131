package dev.rootbound.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a ustar archive that is the same for the same entries: everything belongs to 0:0 and is of
 * 1970. Names and link targets have 100 bytes at most.
 */
final class TarWriter implements AutoCloseable {
    private final OutputStream out;

    TarWriter(OutputStream out) {
        this.out = out;
    }

    void directory(String name, int mode) throws IOException {
        add('5', name + "/", mode, "", new byte[0]);
    }

    void file(String name, int mode, byte[] content) throws IOException {
        add('0', name, mode, "", content);
    }

    void symlink(String name, String target) throws IOException {
        add('2', name, 0777, target, new byte[0]);
    }

    /** Any entry, or with a pax type the header of the next. */
    void add(char type, String name, int mode, String link, byte[] content) throws IOException {
        out.write(
                new TarBlock(type, text(name), text(link))
                        .owner(mode, 0, 0)
                        .size(content.length, 0)
                        .bytes());
        out.write(content);
        out.write(new byte[-content.length & (TarHeader.BLOCK - 1)]);
    }

    private static byte[] text(String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > TarBlock.NAME) throw new IOException("name too long for ustar: " + text);
        return bytes;
    }

    /** Writes the archive's end and closes the stream. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * TarHeader.BLOCK]);
        out.close();
    }
}
