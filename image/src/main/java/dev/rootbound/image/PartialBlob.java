package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * A blob on its way from afar. If the way breaks, what has come stays for the next attempt; all of
 * it is verified before it counts. Whatever else goes wrong, nothing stays.
 */
final class PartialBlob implements AutoCloseable {
    private static final String PREFIX = "partial-";
    private static final int BUFFER = 128 << 10;

    private final Path file;
    private final FileChannel channel;
    private boolean keep;

    private PartialBlob(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Where the content comes from. */
    interface Source {
        /** From a byte on; closed by the caller. */
        InputStream from(long offset) throws IOException;

        /** Told how many bytes are there. */
        void at(long bytes);
    }

    static PartialBlob open(Path dir, String name) throws IOException {
        var file = dir.resolve(PREFIX + name);
        var closed =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        var channel = FileChannel.open(file, options, closed);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // it is of use again
        return new PartialBlob(file, channel);
    }

    Blob fill(Descriptor expected, Source source) throws IOException {
        var sha256 = Sha256.digest();
        long size = readAgain(sha256, expected.size());
        source.at(size);
        var buffer = new byte[BUFFER];
        keep = true; // if the way breaks before it begins
        try (var in = source.from(size)) {
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                sha256.update(buffer, 0, n);
                write(buffer, n, expected, size);
                size += n;
                source.at(size);
            }
        }
        var digest = Sha256.of(sha256);
        if (!digest.equals(expected.digest()) || size != expected.size()) {
            throw new IOException(
                    "store "
                            + expected.digest()
                            + ": what came has "
                            + size
                            + " bytes with digest "
                            + digest
                            + ", not "
                            + expected.size()
                            + " with its own; the registry's content is damaged");
        }
        return new Blob(digest, size);
    }

    private long readAgain(MessageDigest sha256, long most) throws IOException {
        if (channel.size() > most) channel.truncate(0);
        var buffer = ByteBuffer.allocate(BUFFER);
        while (channel.read(buffer) >= 0) {
            sha256.update(buffer.flip());
            buffer.clear();
        }
        return channel.size();
    }

    private int read(InputStream in, byte[] buffer) throws IOException {
        keep = true; // the way breaks here
        int n = in.read(buffer);
        keep = false;
        return n;
    }

    private void write(byte[] bytes, int length, Descriptor expected, long at) throws IOException {
        var left = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (left.hasRemaining()) channel.write(left);
        } catch (ClosedByInterruptException e) {
            keep = true; // what was written is right
            throw new InterruptedIOException("store " + expected.digest() + ": interrupted");
        } catch (IOException e) {
            throw new IOException(
                    "store "
                            + expected.digest()
                            + " as "
                            + file
                            + " at byte "
                            + at
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Forgets what an attempt has left. */
    static void remove(Path dir, String name) throws IOException {
        Files.deleteIfExists(dir.resolve(PREFIX + name));
    }

    void moveTo(Path place) throws IOException {
        Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean isEmpty() throws IOException {
        return Files.exists(file) && Files.size(file) == 0;
    }

    static void removeAll(Path dir, Duration age) throws IOException {
        var before = Instant.now().minus(age);
        try (var files = Files.newDirectoryStream(dir, PREFIX + "*")) {
            for (var file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            // it was completed meanwhile
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!keep || isEmpty()) Files.deleteIfExists(file);
    }
}
