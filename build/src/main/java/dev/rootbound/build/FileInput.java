package dev.rootbound.build;

import java.io.IOException;
import java.util.Objects;

/** The content of a file. */
final class FileInput extends PieceInput {
    private final SourceFiles files;
    private final SourceFile file;
    private long position;

    FileInput(SourceFiles files, SourceFile file) {
        this.files = files;
        this.file = file;
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
