package dev.rootbound.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The right to a root directory, fcntl(2): taken before anything in it is read or tidied up, since
 * another engine's unfinished work looks like a dead one's.
 */
public final class EngineLock implements AutoCloseable {
    private final FileChannel file;

    private EngineLock(FileChannel file) {
        this.file = file;
    }

    /** Makes the directory if it is missing; refused while another engine runs on it. */
    public static EngineLock take(Path root) throws IOException {
        Files.createDirectories(root);
        var file =
                FileChannel.open(
                        root.resolve("lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        // who can read a file can lock it
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            if (file.tryLock() != null) {
                return new EngineLock(file);
            }
        } catch (OverlappingFileLockException e) {
            // by another engine of this process
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        file.close();
        throw new IOException("another engine runs on " + root);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
