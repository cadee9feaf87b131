package dev.rootbound.build;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The content of a file. */
final class FileInput extends InputStream {
    private final SourceFiles files;
    private final SourceFile file;
    private long position;

    FileInput(SourceFiles files, SourceFile file) {
        this.files = files;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) return 0;
        int got = files.read(file, position, bytes, offset, length);
        if (got > 0) position += got;
        return got;
    }
}
