package dev.rootbound.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Files for our eyes only that are whole after a crash. */
final class DurableFiles {
    static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private DurableFiles() {}

    static Path directories(Path dir) throws IOException {
        return Files.createDirectories(dir, DIRECTORY);
    }

    /** Replaces the file whole: temporary file, fsync, rename, fsync of the directory. */
    static void write(Path file, byte[] content) throws IOException {
        var dir = parent(file);
        var temporary = Files.createTempFile(dir, ".", ".tmp", FILE);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException("write " + file + ": " + e.getMessage(), e);
        }
        sync(dir);
    }

    static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        sync(parent(file));
    }

    /** A file's content; of a directory, what was renamed into it. */
    static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent());
    }
}
