package dev.rootbound.engine;

import dev.rootbound.linux.DurableFiles;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import dev.rootbound.network.Cidr;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whose subnets are whose among the engines of a host, of networks whose bridge is not made yet,
 * too: a file of each engine in a directory that they share, {@code PID START} and then a subnet a
 * line. An engine that is gone has none: where its containers go on, the host has a route.
 */
public final class SubnetClaims {
    /** Where all engines of a host have them, whatever their directories. */
    public static final Path SHARED = Path.of("/run/rootbound-networks");

    private static final String LOCK = "lock";

    /** A process cannot lock a file twice. */
    private static final ReentrantLock ONE = new ReentrantLock();

    private final Path directory;
    private final FileChannel lock; // open as long as the engine lives
    private final Path own;

    /**
     * Makes the directory if it is missing, closed to others.
     *
     * @param root the engine's, by which it is told from others
     */
    public SubnetClaims(Path directory, Path root) throws IOException {
        DurableFiles.directories(directory);
        this.directory = directory;
        this.own = directory.resolve(NetworkRecords.digest(root.toString()));
        this.lock =
                FileChannel.open(
                        directory.resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
    }

    /**
     * Waits until no other engine is choosing.
     *
     * @throws IOException if one is for 15 seconds
     */
    Turn turn() throws IOException {
        ONE.lock();
        try (var undo = new Undo()) {
            undo.on(ONE::unlock);
            var held = FileLocks.lock(lock, directory.resolve(LOCK));
            undo.on(held::release);
            var turn = new Turn(held, readOthers());
            undo.keep();
            return turn;
        }
    }

    private List<Cidr> readOthers() throws IOException {
        var others = new ArrayList<Cidr>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                boolean other = !file.equals(own) && !file.endsWith(LOCK);
                if (other) others.addAll(read(file));
            }
        }
        return List.copyOf(others);
    }

    /** A file is written with the lock held: one that is not whole is a dead engine's. */
    private static List<Cidr> read(Path file) throws IOException {
        var lines = Files.readAllLines(file);
        var engine = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ");
        try {
            boolean lives =
                    engine.length == 2
                            && Processes.startTime(Long.parseLong(engine[0]))
                                    .filter(start -> start == Long.parseLong(engine[1]))
                                    .isPresent();
            return lives ? lines.stream().skip(1).map(Cidr::parse).toList() : List.of();
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage() + "; remove it", e);
        }
    }

    /** No other engine takes a subnet until this is closed. */
    final class Turn implements AutoCloseable {
        private final FileLock held;
        private final List<Cidr> others;

        private Turn(FileLock held, List<Cidr> others) {
            this.held = held;
            this.others = others;
        }

        /** Of other engines that live. */
        List<Cidr> others() {
            return others;
        }

        /** From now on this engine has these, but for what another one has, and no more. */
        void claim(Collection<Cidr> subnets) throws IOException {
            var free = subnets.stream().filter(cidr -> others.stream().noneMatch(cidr::overlaps));
            long pid = ProcessHandle.current().pid();
            var engine = pid + " " + Processes.startTime(pid).orElse(0L);
            var lines = Stream.concat(Stream.of(engine), free.map(Cidr::toString));
            Files.writeString(own, lines.collect(Collectors.joining("\n", "", "\n")));
        }

        /** This engine has none any more. */
        void leave() throws IOException {
            Files.deleteIfExists(own);
        }

        @Override
        public void close() throws IOException {
            try {
                held.release();
            } finally {
                ONE.unlock();
            }
        }
    }
}
