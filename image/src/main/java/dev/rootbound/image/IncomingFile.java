package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A blob while it arrives; closing removes the file unless it was moved to its place. */
final class IncomingFile implements AutoCloseable {
    private static final int BUFFER = 128 << 10;

    private final Path file;

    private IncomingFile(Path file) {
        this.file = file;
    }

    /** Readable by the engine alone, as the JDK makes temporary files. */
    static IncomingFile create(Path dir) throws IOException {
        return new IncomingFile(Files.createTempFile(dir, "", ""));
    }

    Blob write(ContentSource source, @Nullable Digest expected) throws IOException {
        var sha256 = Sha256.digest();
        var size = new long[1];
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var out =
                    new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            write(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) throws IOException {
                            sha256.update(bytes, offset, length);
                            var part = ByteBuffer.wrap(bytes, offset, length);
                            IncomingFile.this.write(channel, part, size[0], expected);
                            size[0] += length;
                        }
                    };
            var buffered = new BufferedOutputStream(out, BUFFER);
            source.writeTo(buffered);
            buffered.flush();
        }
        var digest = Sha256.of(sha256);
        if (expected != null && !digest.equals(expected)) {
            throw new IOException(
                    "store " + expected + ": the content has digest " + digest + "; it is damaged");
        }
        return new Blob(digest, size[0]);
    }

    private void write(FileChannel channel, ByteBuffer bytes, long at, @Nullable Digest expected)
            throws IOException {
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            var what = expected == null ? "content" : expected.toString();
            throw new IOException(
                    "store " + what + " as " + file + " at byte " + at + ": " + e.getMessage(), e);
        }
    }

    void moveTo(Path place) throws IOException {
        Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
