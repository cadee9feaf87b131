package dev.rootbound.engine;

import dev.rootbound.runtime.LogFile;
import dev.rootbound.runtime.LogReader;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A container's log being read, and followed until the container has ended. */
final class ContainerLog implements Engine.Log {
    /** After something was read more is likely; a silent container is asked ten times a second. */
    private static final long FIRST_PAUSE = 10;

    private static final long LONGEST_PAUSE = 100;

    private final LogReader file;
    private final Engine.LogQuery query;
    private final ContainerEntry entry;
    private final Clock clock;
    private long pause = FIRST_PAUSE;
    private volatile boolean closed;

    private ContainerLog(LogReader file, Engine.LogQuery query, ContainerEntry entry, Clock clock) {
        this.clock = clock;
        this.file = file;
        this.query = query;
        this.entry = entry;
    }

    static ContainerLog open(ContainerEntry entry, Engine.LogQuery query, Clock clock)
            throws IOException {
        var file = LogReader.open(entry.container().logFile(), query.since());
        if (query.tail() >= 0) {
            file.tail(query.tail());
        }
        return new ContainerLog(file, query, entry, clock);
    }

    @Override
    public Optional<Engine.LogEntry> next() throws IOException, InterruptedException {
        while (!closed) {
            // asked before reading: what was written before the end is read after it
            boolean more = query.follow() && entry.container().isRunning();
            var read = file.next();
            if (read.isPresent()) {
                pause = FIRST_PAUSE;
                var line = read.get();
                var until = query.until();
                if (until != null && line.time().isAfter(until)) {
                    return Optional.empty();
                }
                if (wanted(line)) {
                    return Optional.of(
                            new Engine.LogEntry(line.time(), stream(line), line.bytes()));
                }
                continue;
            }
            if (!more || isOver()) {
                return Optional.empty();
            }
            pause();
        }
        return Optional.empty();
    }

    /** Ends at once when the container does. */
    private void pause() throws InterruptedException {
        var live = entry.live();
        if (live != null) {
            var _ = live.ended().await(pause, TimeUnit.MILLISECONDS);
        } else {
            Thread.sleep(pause);
        }
        pause = Math.min(2 * pause, LONGEST_PAUSE);
    }

    private boolean isOver() {
        var until = query.until();
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
        try {
            file.close();
        } catch (IOException e) {
            // opened for reading: nothing can be lost
        }
    }
}
