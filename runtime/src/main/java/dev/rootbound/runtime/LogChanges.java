package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who follow a log as soon as something changes in its directory: a line is written, a
 * file rotated. One inotify(7) instance for all, opened when the first one follows.
 */
public final class LogChanges {
    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_MODIFY,
        StandardWatchEventKinds.ENTRY_DELETE
    };

    /** Also of one that is watched: what it waits for may not be a file. */
    private static final long LONGEST_MILLISECONDS = 100;

    private static final long UNWATCHED_MILLISECONDS = 10;

    private @Nullable WatchService service; // guarded by this, as are the followers
    private final Map<WatchKey, Set<Follower>> followers = new HashMap<>();

    /** Nobody follows yet. */
    public LogChanges() {}

    /** Somebody who follows one log. */
    public final class Follower implements AutoCloseable {
        private final Semaphore changed = new Semaphore(0);
        private final @Nullable WatchKey key;

        private Follower(@Nullable WatchKey key) {
            this.key = key;
        }

        /** Returns when something has changed since the last call, or after a moment. */
        public void await() throws InterruptedException {
            long most = key == null ? UNWATCHED_MILLISECONDS : LONGEST_MILLISECONDS;
            if (changed.tryAcquire(most, TimeUnit.MILLISECONDS)) {
                changed.drainPermits();
            }
        }

        @Override
        public void close() {
            forget(this);
            changed.release(); // who waits sees that it is closed
        }
    }

    /** Where the kernel has no watch left (fs.inotify.max_user_watches) it is looked at often. */
    public synchronized Follower follow(Path log) {
        try {
            var key = Objects.requireNonNull(log.getParent()).register(service(), KINDS);
            var follower = new Follower(key);
            followers.computeIfAbsent(key, _ -> new HashSet<>()).add(follower);
            return follower;
        } catch (IOException e) {
            return new Follower(null);
        }
    }

    private WatchService service() throws IOException {
        var open = service;
        if (open == null) {
            var opened = FileSystems.getDefault().newWatchService();
            Thread.ofVirtual().name("log-changes").start(() -> tell(opened));
            open = opened;
            service = open;
        }
        return open;
    }

    private void tell(WatchService from) {
        try {
            while (true) {
                var key = from.take();
                key.pollEvents();
                tell(key);
                key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void tell(WatchKey key) {
        for (var follower : followers.getOrDefault(key, Set.of())) {
            if (follower.changed.availablePermits() == 0) {
                follower.changed.release();
            }
        }
    }

    private synchronized void forget(Follower follower) {
        var key = follower.key;
        if (key == null) {
            return;
        }
        var others = followers.get(key);
        if (others != null && others.remove(follower) && others.isEmpty()) {
            followers.remove(key);
            key.cancel();
        }
    }
}
