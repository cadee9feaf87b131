package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** The members of an archive of images: all root's, of 1970. */
final class ArchiveOutput {
    private static final int PIECE = 128 << 10;

    private final TarOutput tar;

    /** The stream stays open. */
    ArchiveOutput(OutputStream out) {
        this.tar = new TarOutput(new BufferedOutputStream(out, PIECE));
    }

    void directory(String name) throws IOException {
        tar.begin(entry(name, TarEntry.Type.DIRECTORY, 0755, 0));
    }

    void document(String name, byte[] content) throws IOException {
        tar.begin(entry(name, TarEntry.Type.FILE, 0644, content.length));
        tar.write(content, 0, content.length);
    }

    /**
     * @throws IOException if the blob is damaged, when it has been written
     */
    void blob(String name, Digest blob, ContentStore content) throws IOException {
        var sha256 = Sha256.digest();
        var piece = new byte[PIECE];
        tar.begin(entry(name, TarEntry.Type.FILE, 0644, content.size(blob)));
        try (var in = content.open(blob)) {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if (Thread.interrupted()) throw new InterruptedIOException("interrupted");
                sha256.update(piece, 0, n);
                tar.write(piece, 0, n);
            }
        }
        if (!Sha256.of(sha256).equals(blob)) {
            throw new IOException("content " + blob + " is damaged");
        }
    }

    void finish() throws IOException {
        tar.finish();
    }

    private static TarEntry entry(String name, TarEntry.Type type, int mode, long size) {
        return new TarEntry(
                name.getBytes(UTF_8),
                type,
                mode,
                0,
                0,
                null,
                size,
                0,
                0,
                new byte[0],
                0,
                0,
                Map.of(),
                List.of());
    }
}
