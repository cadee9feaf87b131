package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Events that the test publishes; past ones first. */
final class FakeEvents implements Events {
    final List<Event> past = new ArrayList<>();
    final List<LinkedBlockingQueue<Optional<Event>>> open = new CopyOnWriteArrayList<>();

    void publish(Event event) {
        open.forEach(queue -> queue.add(Optional.of(event)));
    }

    @Override
    public Subscription subscribe(
            Caller caller,
            @Nullable Instant since,
            @Nullable Instant until,
            Predicate<Event> filter) {
        var queue = new LinkedBlockingQueue<Optional<Event>>();
        if (since != null) {
            past.stream()
                    .filter(e -> !e.time().isBefore(since))
                    .forEach(e -> queue.add(Optional.of(e)));
        }
        open.add(queue);
        return new Subscription() {
            @Override
            public Optional<Event> next() throws InterruptedException {
                while (true) {
                    var next = until == null ? queue.take() : queue.poll(0, TimeUnit.SECONDS);
                    if (next == null || next.isEmpty() || filter.test(next.get())) {
                        return next == null ? Optional.empty() : next;
                    }
                }
            }

            @Override
            public void close() {
                open.remove(queue);
                queue.add(Optional.empty());
            }
        };
    }
}
