package dev.rootbound.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An ELF program's header, as far as it tells whether the program is static (elf(5)). */
final class Elf {
    private static final int MAGIC = 0x7f454c46;
    private static final byte CLASS_64 = 2;
    private static final byte BIG_ENDIAN = 2;
    private static final int HEADER_64 = 64;

    /** A program that has this segment needs a dynamic linker. */
    private static final int PT_INTERP = 3;

    private Elf() {}

    /**
     * Whether the file is a program that needs no dynamic linker.
     *
     * @throws IOException if it cannot be read
     */
    static boolean isStatic(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var header = read(channel, 0, HEADER_64);
            if (header.limit() < HEADER_64 || header.getInt(0) != MAGIC) return false;
            boolean wide = header.get(4) == CLASS_64;
            var order =
                    header.get(5) == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            header.order(order);
            long offset = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
            int size = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
            int count = Short.toUnsignedInt(header.getShort(wide ? 56 : 44));
            if (count == 0 || size < 32 || size > 256 || offset < 0) return false;
            var segments = read(channel, offset, size * count).order(order);
            if (segments.limit() < size * count) return false;
            for (int i = 0; i < count; i++) {
                if (segments.getInt(i * size) == PT_INTERP) return false;
            }
            return true;
        }
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length)
            throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(length, channel.size()));
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) break;
        }
        return buffer.flip();
    }
}
