package dev.rootbound.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Archives for tests. */
final class Tars {
    private Tars() {}

    interface Content {
        void write(TarWriter tar) throws IOException;
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Read(TarEntry entry, byte[] content) {
        String name() {
            return new String(entry.name(), StandardCharsets.UTF_8);
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    static byte[] tar(Content content) {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarWriter(bytes)) {
            content.write(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** One pax record. */
    static byte[] record(String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        if (rest + Integer.toString(length).length() != length) length++;
        var out = new ByteArrayOutputStream();
        out.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(value);
        out.write('\n');
        return out.toByteArray();
    }

    static byte[] record(String key, String value) {
        return record(key, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    static List<Read> read(byte[] archive) throws IOException {
        try (var tar = new TarReader(new ByteArrayInputStream(archive))) {
            var read = new ArrayList<Read>();
            for (var entry = tar.next(); entry != null; entry = tar.next()) {
                read.add(new Read(entry, content(tar)));
            }
            return read;
        }
    }

    static byte[] content(TarReader tar) throws IOException {
        var out = new ByteArrayOutputStream();
        var buffer = new byte[8192];
        for (int n = tar.read(buffer, 0, buffer.length);
                n >= 0;
                n = tar.read(buffer, 0, buffer.length)) {
            out.write(buffer, 0, n);
        }
        return out.toByteArray();
    }
}
