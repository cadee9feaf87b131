package dev.rootbound.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * The engine's process id, in its run directory. The engine holds an fcntl(2) lock on the file as
 * long as it lives: that tells its id from one that a killed engine left and another process has
 * now. Within the engine the file must not be opened again, for closing it drops the lock.
 */
final class PidFile implements AutoCloseable {
    private static final String NAME = "engine.pid";
    private static final int POLL_MILLIS = 10;

    /**
     * An engine that ends lets go of its root directory first; the next one may be here by then.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    /** Who can read a file can lock it. */
    private static final FileAttribute<?> CLOSED =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final FileChannel file;

    private PidFile(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    static Path in(Path run) {
        return run.resolve(NAME);
    }

    /** Writes this process's id; refused while another engine runs in the directory. */
    static PidFile take(Path run) throws IOException, InterruptedException {
        Path path = in(run);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var file = FileChannel.open(path, OPTIONS, CLOSED);
            while (file.tryLock() == null) {
                if (System.nanoTime() > deadline) throw taken(run, file);
                Thread.sleep(POLL_MILLIS);
            }
            if (Files.exists(path)) {
                write(file);
                return new PidFile(path, file);
            }
            // an engine that ended has deleted it between our open and our lock
            file.close();
        }
    }

    private static CliException taken(Path run, FileChannel file) throws IOException {
        try (file) {
            return new CliException(
                    ExitCodes.ENGINE,
                    "another engine (process "
                            + read(file)
                            + ") runs in "
                            + run
                            + ": name another directory with --run");
        }
    }

    private static void write(FileChannel file) throws IOException {
        String id = ProcessHandle.current().pid() + "\n";
        file.truncate(0).write(ByteBuffer.wrap(id.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static long read(FileChannel file) throws IOException {
        var bytes = ByteBuffer.allocate(32);
        file.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return 0; // not written yet
        }
    }

    /** Has the engine of that run directory end, and waits for it. Returns its process id. */
    static long stop(Path run, Duration patience) throws IOException, InterruptedException {
        try (var file =
                FileChannel.open(in(run), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long deadline = System.nanoTime() + patience.toNanos();
            long pid = 0;
            while (isHeld(file)) {
                if (pid == 0) pid = signal(read(file));
                if (System.nanoTime() > deadline)
                    throw new CliException(
                            1,
                            "the engine (process "
                                    + pid
                                    + ") was told to stop and still runs after "
                                    + patience.toSeconds()
                                    + " s");
                Thread.sleep(POLL_MILLIS);
            }
            if (pid != 0) return pid;
        } catch (NoSuchFileException e) {
            // said below
        } catch (AccessDeniedException e) {
            throw new CliException(1, "cannot stop the engine in " + run + ": only root may");
        }
        throw new CliException(1, "no engine runs in " + run);
    }

    private static boolean isHeld(FileChannel file) throws IOException {
        try (var lock = file.tryLock()) {
            return lock == null;
        }
    }

    private static long signal(long pid) {
        if (pid != 0) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        return pid;
    }

    @Override
    public void close() throws IOException {
        // first, so that whoever finds a file without a lock knows that it is stale
        Files.deleteIfExists(path);
        file.close();
    }
}
