package dev.rootbound.engine;

import dev.rootbound.idmap.Claims;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.DurableFiles;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;

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
    private final FileChannel
            lock; // as long as the engine lives: opening it costs what a claim does
    private final String self;

    /** Makes the directory if it is missing, closed to others. */
    public FileClaims(Path directory) throws IOException {
        this.directory = directory;
        DurableFiles.directories(directory);
        this.lock =
                FileChannel.open(
                        directory.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        long pid = ProcessHandle.current().pid();
        this.self = pid + " " + Processes.startTime(pid).orElse(0L) + " ";
    }

    @Override
    public boolean take(IdRange block, String holder) throws IOException {
        return locked(() -> claim(block, holder, holders -> holders.equals(List.of(holder))));
    }

    @Override
    public boolean adopt(IdRange block, String holder) throws IOException {
        return locked(() -> claim(block, holder, holders -> holders.contains(holder)));
    }

    /**
     * Makes a claim unless there is one.
     *
     * @param own whether that is the holder's own
     */
    private boolean claim(IdRange block, String holder, Predicate<List<String>> own)
            throws IOException {
        var file = file(block);
        if (Files.exists(file) && !isVoid(file)) {
            return own.test(holders(file));
        }
        write(file, self + holder);
        return true;
    }

    @Override
    public void share(IdRange block, String holder) throws IOException {
        boolean _ =
                locked(() -> {
                    var holders = new LinkedHashSet<>(holders(file(block)));
                    rewrite(block, holders, holders.add(holder));
                    return true;
                });
    }

    @Override
    public boolean release(IdRange block, String holder) throws IOException {
        return locked(() -> {
            var holders = new LinkedHashSet<>(holders(file(block)));
            boolean held = holders.remove(holder);
            if (holders.isEmpty()) {
                Files.deleteIfExists(file(block));
            } else {
                rewrite(block, holders, held);
            }
            return holders.isEmpty();
        });
    }

    private Path file(IdRange block) {
        return directory.resolve(Long.toString(block.first()));
    }

    /** Whole or not at all: it is read without the lock, too. */
    private void rewrite(IdRange block, Collection<String> holders, boolean changed)
            throws IOException {
        if (!changed) return;
        var unfinished = directory.resolve("new-" + block.first());
        write(unfinished, self + String.join("\n", holders));
        Files.move(unfinished, file(block), StandardCopyOption.ATOMIC_MOVE);
    }

    private interface Action {
        boolean run() throws IOException;
    }

    /** Of this process one at a time: it cannot lock a file twice. */
    private boolean locked(Action action) throws IOException {
        synchronized (ONE) {
            try (var _ = FileLocks.lock(lock, directory.resolve("lock"))) {
                return action.run();
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

    @Override
    public void releaseVoid() throws IOException {
        boolean _ =
                locked(() -> {
                    try (var files = Files.newDirectoryStream(directory, "[0-9]*")) {
                        for (var file : files) {
                            if (isVoid(file)) {
                                Files.deleteIfExists(file);
                            }
                        }
                    }
                    return true;
                });
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
}
