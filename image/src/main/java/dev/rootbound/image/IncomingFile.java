package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
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

    Blob write(InputStream in, @Nullable Digest expected) throws IOException {
        var sha256 = Sha256.digest();
        long size = 0;
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                write(channel, ByteBuffer.wrap(buffer, 0, n), size, expected);
                size += n;
            }
        }
        var digest = Sha256.of(sha256);
        if (expected != null && !digest.equals(expected)) {
            throw new IOException(
                    "store " + expected + ": the content has digest " + digest + "; it is damaged");
        }
        return new Blob(digest, size);
    }

    private static void write(
            FileChannel channel, ByteBuffer bytes, long at, @Nullable Digest expected)
            throws IOException {
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            var what = expected == null ? "content" : expected.toString();
            throw new IOException("store " + what + " at byte " + at + ": " + e.getMessage(), e);
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
