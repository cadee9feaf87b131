package dev.rootbound.engine;

import dev.rootbound.engine.Events.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One tenant's latest events, in the order of their times, and those who read them. */
final class EventRing {
    private final List<Event> ring = new ArrayList<>();
    private final InstantSource clock;
    private long published;

    EventRing(InstantSource clock) {
        this.clock = clock;
    }

    /** Makes an event with its time. */
    interface Maker {
        Event at(Instant time);
    }

    synchronized void add(Maker maker) {
        var event = maker.at(clock.instant());
        int place = (int) (published++ % Events.KEPT);
        if (place == ring.size()) {
            ring.add(event);
        } else {
            ring.set(place, event);
        }
        notifyAll();
    }

    synchronized Reader reader(
            @Nullable Instant since, @Nullable Instant until, Predicate<Event> filter) {
        boolean past = since != null || until != null;
        return new Reader(past ? published - ring.size() : published, since, until, filter);
    }

    /** A subscription. */
    final class Reader implements Events.Subscription {
        private final @Nullable Instant since;
        private final @Nullable Instant until;
        private final Predicate<Event> filter;
        private long next;
        private boolean closed;

        private Reader(
                long first,
                @Nullable Instant since,
                @Nullable Instant until,
                Predicate<Event> filter) {
            this.next = first;
            this.since = since;
            this.until = until;
            this.filter = filter;
        }

        @Override
        public Optional<Event> next() throws InterruptedException {
            for (var event = take(); event.isPresent(); event = take()) {
                if (isAsked(event.get())) {
                    return event;
                }
            }
            return Optional.empty();
        }

        private boolean isAsked(Event event) {
            return (since == null || !event.time().isBefore(since)) && filter.test(event);
        }

        /** The next of all, also those that are not asked for. */
        private Optional<Event> take() throws InterruptedException {
            synchronized (EventRing.this) {
                while (!closed && next == published && !isOver()) {
                    pause();
                }
                if (closed || next == published) {
                    return Optional.empty();
                }
                refuseLag();
                var event = ring.get((int) (next % Events.KEPT));
                if (until != null && event.time().isAfter(until)) {
                    return Optional.empty();
                }
                next++;
                return Optional.of(event);
            }
        }

        private boolean isOver() {
            return until != null && clock.instant().isAfter(until);
        }

        private void pause() throws InterruptedException {
            if (until == null) {
                EventRing.this.wait();
                return;
            }
            // a day at most: wait() takes no more than Long.MAX_VALUE nanoseconds
            var left = Duration.between(clock.instant(), until).toSeconds();
            long millis =
                    left >= 86_400
                            ? 86_400_000
                            : Duration.between(clock.instant(), until).toMillis() + 1;
            EventRing.this.wait(Math.max(1, millis));
        }

        private void refuseLag() {
            long lost = published - ring.size() - next;
            if (lost > 0) {
                throw new EngineException.Failed(
                        "events: this reader is too slow: "
                                + lost
                                + " events are lost to it; subscribe again with the time of the last"
                                + " one as since");
            }
        }

        @Override
        public void close() {
            synchronized (EventRing.this) {
                closed = true;
                EventRing.this.notifyAll();
            }
        }
    }
}
