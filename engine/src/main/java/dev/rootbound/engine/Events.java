package dev.rootbound.engine;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a tenant's objects, as it happens. The last 1 000 events of each tenant are kept
 * in memory; another tenant's are never seen.
 */
public interface Events {
    /** How many past events a tenant's subscriptions can go back, or may lag behind. */
    int KEPT = 1000;

    /** What an event is about. */
    enum Type {
        CONTAINER,
        IMAGE,
        NETWORK,
        VOLUME
    }

    /**
     * Something that happened.
     *
     * @param action Docker's word: {@code start}, {@code exec_create: sh -c true}
     * @param id of the object: 64 digits for a container, {@code sha256:…} for an image, a volume's
     *     name
     * @param attributes the object's labels and Docker's own: {@code image}, {@code name}, {@code
     *     exitCode}, {@code signal}, {@code execID}…
     * @param closed whether who calls from within a container is not told of it
     */
    record Event(
            Type type,
            String action,
            String id,
            SortedMap<String, String> attributes,
            Instant time,
            boolean closed) {
        public Event(
                Type type, String action, String id, Map<String, String> attributes, Instant time) {
            this(type, action, id, new TreeMap<>(attributes), time, false);
        }

        /** The same, of what host root has for itself. */
        Event closedIf(boolean hidden) {
            return new Event(type, action, id, attributes, time, hidden);
        }

        public Event {
            attributes = Collections.unmodifiableSortedMap(attributes);
        }
    }

    /**
     * The caller's events from now on, after those past ones that are asked for; nothing published
     * after the return is missed.
     *
     * @param since inclusive; {@code null}: no past events, unless {@code until} asks for them
     * @param until inclusive: it ends when that time has come; {@code null}: never
     * @param filter which to give
     */
    Subscription subscribe(
            Caller caller,
            @Nullable Instant since,
            @Nullable Instant until,
            Predicate<Event> filter);

    /** An open subscription; read by one thread. */
    interface Subscription extends AutoCloseable {
        /**
         * Blocks for the next one; empty at the end, which is {@code until} or {@link #close}.
         *
         * @throws EngineException.Failed if this reader is more than {@link Events#KEPT} behind
         */
        Optional<Event> next() throws InterruptedException;

        /** May be called by another thread: ends a blocked {@link #next}. */
        @Override
        void close();
    }
}
