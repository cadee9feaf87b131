package dev.rootbound.engine;

import dev.rootbound.runtime.LogChanges;
import dev.rootbound.runtime.LogFile;
import dev.rootbound.runtime.LogReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A container's log being read, and followed until the container has ended. */
final class ContainerLog implements Engine.Log {
    private final LogReader file;
    private final LogChanges.@Nullable Follower follower;
    private final Engine.LogQuery query;
    private final ContainerEntry entry;
    private final @Nullable Instant until;
    private final Clock clock;
    private volatile boolean closed;

    private ContainerLog(
            LogReader file,
            LogChanges.@Nullable Follower follower,
            Engine.LogQuery query,
            ContainerEntry entry,
            Clock clock) {
        this.clock = clock;
        // what is written faster than it is read has an end too
        this.until = query.until() == null && !query.follow() ? clock.instant() : query.until();
        this.file = file;
        this.follower = follower;
        this.query = query;
        this.entry = entry;
    }

    static ContainerLog open(
            ContainerEntry entry, Engine.LogQuery query, LogChanges changes, Clock clock)
            throws IOException {
        var log = entry.container().logFile();
        var file = LogReader.open(log, query.since());
        if (query.tail() >= 0) {
            file.tail(query.tail());
        }
        var follower = query.follow() ? changes.follow(log) : null;
        return new ContainerLog(file, follower, query, entry, clock);
    }

    @Override
    public Optional<Engine.LogEntry> next() throws IOException, InterruptedException {
        while (!closed) {
            // asked before reading: what was written before the end is read after it
            boolean more = query.follow() && entry.container().isRunning();
            var read = file.next();
            if (read.isPresent()) {
                var line = read.get();
                if (until != null && line.time().isAfter(until)) {
                    return Optional.empty();
                }
                if (wanted(line)) {
                    return Optional.of(
                            new Engine.LogEntry(line.time(), stream(line), line.bytes()));
                }
                continue;
            }
            if (!more || follower == null || isOver()) {
                return Optional.empty();
            }
            follower.await(); // the end of the container too is written beside its log
        }
        return Optional.empty();
    }

    private boolean isOver() {
        return until != null && clock.instant().isAfter(until);
    }

    private boolean wanted(LogFile.Entry line) {
        var since = query.since();
        return query.streams().contains(stream(line))
                && (since == null || !line.time().isBefore(since));
    }

    private static Engine.Stream stream(LogFile.Entry line) {
        return line.stream() == 2 ? Engine.Stream.STDERR : Engine.Stream.STDOUT;
    }

    @Override
    public void close() {
        closed = true;
        if (follower != null) {
            follower.close();
        }
        try {
            file.close();
        } catch (IOException e) {
            // opened for reading: nothing can be lost
        }
    }
}
