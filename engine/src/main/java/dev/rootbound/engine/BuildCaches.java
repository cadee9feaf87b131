package dev.rootbound.engine;

import dev.rootbound.image.StepFiles;
import dev.rootbound.image.StepSource;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The caches besides the tenant's own in which one build looks for steps, in their order. One that
 * cannot be read, or gives what is wrong, is told of once and asked no more: the build does the
 * steps itself. Thread-safe.
 */
final class BuildCaches {
    private final List<Cache> caches = new CopyOnWriteArrayList<>();

    /** How to get at a cache, when it is first needed. */
    interface Opening {
        StepSource open() throws IOException, InterruptedException;
    }

    /** What is done with a cache that has a step. */
    interface Taking {
        StepFiles from(StepSource cache) throws IOException;
    }

    private static final class Cache {
        private final String name;
        private final Opening opening;

        // guarded by this
        private @Nullable StepSource source;
        private boolean isGivenUp;

        Cache(String name, Opening opening) {
            this.name = name;
            this.opening = opening;
        }

        synchronized @Nullable StepSource source() throws IOException, InterruptedException {
            if (source == null && !isGivenUp) source = opening.open();
            return isGivenUp ? null : source;
        }

        /** False if somebody has done so. */
        synchronized boolean giveUp() {
            boolean before = isGivenUp;
            isGivenUp = true;
            return !before;
        }

        synchronized void close() throws IOException {
            isGivenUp = true;
            if (source != null) source.close();
        }
    }

    void add(String name, Opening opening) {
        caches.add(new Cache(name, opening));
    }

    /**
     * Takes a step from the first cache that has it and can give it.
     *
     * @param warn told of a cache that is given up
     */
    Optional<StepFiles> find(Digest key, Taking taking, Consumer<String> warn) throws IOException {
        for (var cache : caches) {
            try {
                var source = LocalEngine.interruptible(cache::source);
                if (source != null && source.has(key)) return Optional.of(taking.from(source));
            } catch (IOException | EngineException | IllegalArgumentException e) {
                if (Thread.currentThread().isInterrupted()) throw e;
                if (cache.giveUp()) warn.accept("cache " + cache.name + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** When no stage is built any more. */
    void close() throws IOException {
        for (var cache : caches) cache.close();
    }
}
