package dev.rootbound.engine;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Which containers are started again when they have ended, and when. */
final class Restarts {
    /** Starts at once: an engine that finds a hundred to start leaves others their turn. */
    private static final int AT_ONCE = 4;

    /** How a container whose restart is due is started. */
    interface Starter {
        void start(ContainerEntry entry, ContainerState.Restarting due) throws IOException;
    }

    private final InstantSource clock;
    private final Semaphore places = new Semaphore(AT_ONCE);

    Restarts(InstantSource clock) {
        this.clock = clock;
    }

    /** What a container that has ended is. With the entry's lock held. */
    Container ended(ContainerEntry entry, ContainerState.Exited how) {
        var was = entry.container();
        var health = was.health();
        var container = was.withExecs(List.of()).withHealth(health == null ? null : health.ended());
        if (!was.spec().restart().restarts(how.code(), was.restarts(), was.stopAsked())) {
            return container.with(how, null, null);
        }
        var ran = how.error() == null ? Duration.between(how.startedAt(), how.at()) : Duration.ZERO;
        var backoff = entry.backoff().after(ran);
        entry.backoff(backoff);
        var restarting = new ContainerState.Restarting(how, how.at().plus(backoff.delay()));
        return container.withRestarts(was.restarts() + 1).with(restarting, null, null);
    }

    /** What a container that an earlier engine left ended is for this one. */
    Container found(Container container) {
        if (!(container.state() instanceof ContainerState.Exited exited) || !exited.ran()) {
            return container;
        }
        var policy = container.spec().restart();
        boolean again =
                policy.restartsWithEngine(
                        exited.code(), container.restarts(), container.stopAsked());
        if (!again) {
            return container;
        }
        var due = new ContainerState.Restarting(exited, clock.instant());
        return container.withRestarts(0).withStopAsked(false).with(due, null, null);
    }

    /** Has it started when that is due, if it still is to be. */
    void schedule(ContainerEntry entry, Starter starter) {
        if (entry.container().state() instanceof ContainerState.Restarting waiting) {
            Thread.ofVirtual()
                    .name("restart-" + entry.container().name())
                    .start(() -> startWhenDue(entry, waiting, starter));
        }
    }

    private void startWhenDue(
            ContainerEntry entry, ContainerState.Restarting waiting, Starter starter) {
        try {
            Thread.sleep(Duration.between(clock.instant(), waiting.due()));
            places.acquire();
            try {
                starter.start(entry, waiting);
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            EngineLog.error("restart container " + entry.container().id(), e);
        }
    }
}
