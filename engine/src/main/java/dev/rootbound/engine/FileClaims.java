package dev.rootbound.engine;

import dev.rootbound.idmap.Claims;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Claims as files of a directory that all engines of a host share, one a block: {@code PID START
 * HOLDER}, and a line for each further holder. A claim is void when its holders' directories are
 * gone and so is the engine, which may have been about to make them.
 */
public final class FileClaims implements Claims {
    /** Where all engines of a host have them, whatever their directories. */
    public static final Path SHARED = Path.of("/run/rootbound-ids");

    /** A process cannot lock a file twice. */
    private static final Object ONE = new Object();

    private final Path directory;
    private final String self;

    /** Makes the directory if it is missing, closed to others. */
    public FileClaims(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        long pid = ProcessHandle.current().pid();
        this.self = pid + " " + Processes.startTime(pid).orElse(0L) + " ";
    }

    @Override
    public boolean take(IdRange block, String holder) throws IOException {
        var file = directory.resolve(Long.toString(block.first()));
        synchronized (ONE) {
            try (var lock = open();
                    var _ = lock.lock()) {
                if (Files.exists(file) && !isVoid(file)) {
                    return holders(file).contains(holder);
                }
                write(file, self + holder);
                return true;
            }
        }
    }

    @Override
    public void share(IdRange block, String holder) throws IOException {
        var file = directory.resolve(Long.toString(block.first()));
        synchronized (ONE) {
            try (var lock = open();
                    var _ = lock.lock()) {
                var holders = new ArrayList<>(holders(file));
                holders.removeIf(each -> !Files.exists(Path.of(each)));
                holders.add(holder);
                var whole = self + String.join("\n", holders);
                var unfinished = directory.resolve(block.first() + ".new");
                write(unfinished, whole);
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static void write(Path file, String claim) throws IOException {
        try {
            Files.writeString(file, claim);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public void releaseVoid() throws IOException {
        synchronized (ONE) {
            try (var lock = open();
                    var _ = lock.lock();
                    var files = Files.newDirectoryStream(directory, "[0-9]*")) {
                for (var file : files) {
                    if (isVoid(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    /** With the lock held, without which none is written. */
    private static boolean isVoid(Path file) throws IOException {
        var words = read(file).split(" ", 3);
        if (words.length < 3) {
            return true; // its engine was killed, or its disk was full
        }
        boolean engine =
                Processes.startTime(Long.parseLong(words[0]))
                        .filter(start -> start == Long.parseLong(words[1]))
                        .isPresent();
        return !engine && holders(file).stream().map(Path::of).noneMatch(Files::exists);
    }

    private static List<String> holders(Path file) throws IOException {
        var words = read(file).split(" ", 3);
        return words.length < 3 ? List.of() : List.of(words[2].split("\n"));
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Override
    public void release(IdRange block) throws IOException {
        Files.deleteIfExists(directory.resolve(Long.toString(block.first())));
    }
}
