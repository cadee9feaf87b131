package dev.rootbound.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes a ustar archive that is the same for the same entries: everything belongs to 0:0 and is of
 * 1970. Names and link targets have 100 bytes at most.
 */
final class TarWriter implements AutoCloseable {
    private static final int NAME = 100;

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
        var block = new byte[TarHeader.BLOCK];
        put(block, 0, text(name));
        octal(block, 100, 7, mode);
        octal(block, 108, 7, 0);
        octal(block, 116, 7, 0);
        octal(block, 124, 11, content.length);
        octal(block, 136, 11, 0);
        block[156] = (byte) type;
        put(block, 157, text(link));
        put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        octal(block, 329, 7, 0);
        octal(block, 337, 7, 0);
        octal(block, 148, 6, checksum(block));
        block[155] = ' ';
        out.write(block);
        out.write(content);
        out.write(new byte[-content.length & (TarHeader.BLOCK - 1)]);
    }

    /** The sum of all bytes, those of the sum itself taken as blanks. */
    private static int checksum(byte[] block) {
        int sum = 8 * ' ';
        for (byte b : block) sum += b & 0xff;
        return sum;
    }

    private static byte[] text(String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME) throw new IOException("name too long for ustar: " + text);
        return bytes;
    }

    private static void octal(byte[] block, int offset, int digits, long value) {
        var text = String.format(Locale.ROOT, "%0" + digits + "o", value);
        put(block, offset, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void put(byte[] block, int offset, byte[] bytes) {
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    /** Writes the archive's end and closes the stream. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * TarHeader.BLOCK]);
        out.close();
    }
}
