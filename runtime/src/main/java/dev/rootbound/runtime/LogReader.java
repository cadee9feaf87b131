package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A log read from its oldest file to the one that is being written, across rotations that happen
 * meanwhile: each entry once. Only a reader so slow that the files after its own are deleted
 * already misses what was in those.
 */
public final class LogReader implements AutoCloseable {
    /**
     * A file being read.
     *
     * @param before number of the newest file that may come before this one
     */
    private record Opened(LogFile file, long inode, long before) {}

    private final LogFiles files;
    private final long passedOver;

    // all guarded by this: reading a file does not block
    private @Nullable Opened current;
    private @Nullable Opened newer;
    private boolean closed;

    private LogReader(LogFiles files, long passedOver) {
        this.files = files;
        this.passedOver = passedOver;
    }

    /**
     * Opens a log; one that is not there yet is empty.
     *
     * @param since files that hold nothing newer are passed over; {@code null}: none
     */
    public static LogReader open(Path log, @Nullable Instant since) throws IOException {
        var files = new LogFiles(log);
        return new LogReader(files, since == null ? 0 : writtenBefore(files, since));
    }

    /** The newest number of files that were last written before then. */
    private static long writtenBefore(LogFiles files, Instant since) throws IOException {
        long last = 0;
        for (long number : files.names().numbers()) {
            try {
                var written = Files.getLastModifiedTime(files.rotated(number)).toInstant();
                if (!written.isBefore(since)) {
                    return last;
                }
            } catch (NoSuchFileException e) {
                // deleted just now, as one too many
            }
            last = number;
        }
        return last;
    }

    /** Goes to the last {@code lines} lines; a line may be several entries. Call it first. */
    public synchronized void tail(long lines) throws IOException {
        while (true) {
            var names = files.names();
            goBack(lines, names);
            if (names.equals(files.names())) {
                return;
            }
        }
    }

    private void goBack(long lines, LogFiles.Names names) throws IOException {
        long missing = lines;
        boolean last = true;
        long highest = names.numbers().isEmpty() ? passedOver : names.numbers().getLast();
        var opened = names.current() ? open(files.log(), highest) : null;
        for (var number : names.numbers().reversed()) {
            if (opened != null) {
                become(opened);
                var found = opened.file().tail(missing, last);
                missing = found.missing();
                last &= !found.any();
                if (missing == 0) {
                    return;
                }
            }
            if (number <= passedOver) {
                return;
            }
            opened = open(files.rotated(number), number - 1);
        }
        if (opened != null) {
            become(opened);
            var _ = opened.file().tail(missing, last);
        }
    }

    private void become(Opened opened) throws IOException {
        if (current != null) {
            current.file().close();
        }
        current = opened;
    }

    /** The next complete entry; empty if there is none (yet), or if it is closed. */
    public synchronized Optional<LogFile.Entry> next() throws IOException {
        while (!closed) {
            if (current != null) {
                var entry = current.file().next();
                if (entry.isPresent()) {
                    return entry;
                }
            }
            if (newer != null) { // and was before this file's end was met: nobody writes to it
                become(newer);
                newer = null;
                continue;
            }
            newer = findNewer();
            if (newer == null) {
                break;
            }
        }
        return Optional.empty();
    }

    private @Nullable Opened findNewer() throws IOException {
        if (current != null && LogFiles.inode(files.log()).equals(inode(current))) {
            return null;
        }
        while (true) {
            var names = files.names();
            long before = before(names);
            var number = names.numbers().stream().filter(n -> n > before).findFirst();
            if (number.isEmpty() && !names.current()) {
                return null;
            }
            var opened =
                    number.isPresent()
                            ? open(files.rotated(number.get()), number.get() - 1)
                            : open(files.log(), before);
            if (opened != null && names.equals(files.names())) {
                if (current == null || opened.inode() != current.inode()) {
                    return opened;
                }
                opened.file().close();
                return null;
            }
            if (opened != null) {
                opened.file().close();
            }
        }
    }

    /** The number of the file being read if it has one by now. */
    private long before(LogFiles.Names names) throws IOException {
        if (current == null) {
            return passedOver;
        }
        for (var number : names.numbers()) {
            if (LogFiles.inode(files.rotated(number)).equals(inode(current))) {
                return number;
            }
        }
        return current.before();
    }

    private static OptionalLong inode(Opened opened) {
        return OptionalLong.of(opened.inode());
    }

    /** Null if it is not there, or not the same any more. */
    private static @Nullable Opened open(Path path, long before) throws IOException {
        var inode = LogFiles.inode(path);
        if (inode.isEmpty()) {
            return null;
        }
        var file = LogFile.open(path);
        if (LogFiles.inode(path).equals(inode)) {
            return new Opened(file, inode.getAsLong(), before);
        }
        file.close();
        return null;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (var each : new Opened[] {current, newer}) {
            if (each != null) {
                each.file().close();
            }
        }
    }
}
