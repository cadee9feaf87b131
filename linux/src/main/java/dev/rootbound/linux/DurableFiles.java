package dev.rootbound.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Files for the engine's eyes only that are whole after a crash: the old content or the new. */
public final class DurableFiles {
    private static final FileAttribute<?> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<?> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private DurableFiles() {}

    /** Makes a directory, and those above it that are missing, closed to others. */
    public static Path directories(Path dir) throws IOException {
        return Files.createDirectories(dir, DIRECTORY);
    }

    /**
     * Replaces a file whole: temporary file, fsync, rename, fsync of the directory. One writer a
     * file at a time.
     *
     * @throws IOException naming the file; it is the old one unless only the last step failed
     */
    public static void write(Path file, byte[] content) throws IOException {
        var temporary = parent(file).resolve(unfinished(file));
        try {
            fill(temporary, content);
            Failpoint.reach("state.filled");
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            Failpoint.reach("state.renamed");
            sync(parent(file));
        } catch (IOException e) {
            var failure = failure("write", file, e);
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException left) {
                failure.addSuppressed(left);
            }
            throw failure;
        }
    }

    private static void fill(Path temporary, byte[] content) throws IOException {
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
        try (var channel = FileChannel.open(temporary, options, FILE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** The name under which a file is written until it is whole. */
    private static String unfinished(Path file) {
        return "." + file.getFileName() + ".tmp";
    }

    /** Whether a file is one that a crash cut off: to be deleted. */
    public static boolean isUnfinished(Path file) {
        var name = String.valueOf(file.getFileName());
        return name.startsWith(".") && name.endsWith(".tmp");
    }

    /** Deletes a file if it is there; gone for good on return. */
    public static void delete(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
            sync(parent(file));
        } catch (IOException e) {
            throw failure("delete", file, e);
        }
    }

    /** fsync(2) of a file's content, or of what was renamed into a directory. */
    public static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    /** The JDK's exceptions about files have no words of their own: the path alone says nothing. */
    private static IOException failure(String what, Path file, IOException e) {
        boolean bare = e instanceof FileSystemException known && known.getReason() == null;
        var reason = (bare ? e.getClass().getSimpleName() + " " : "") + e.getMessage();
        return new IOException(what + " " + file + ": " + reason, e);
    }
}
