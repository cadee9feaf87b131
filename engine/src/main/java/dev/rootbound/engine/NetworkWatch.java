package dev.rootbound.engine;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds whether the host still has what networks are made of, and puts again what
 * somebody has taken away.
 */
final class NetworkWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final BridgeSet bridges;
    private final Stays stays;
    private final Containers containers;
    private volatile @Nullable Thread thread;
    private boolean failing; // of that thread

    NetworkWatch(BridgeSet bridges, Stays stays, Containers containers) {
        this.bridges = bridges;
        this.stays = stays;
        this.containers = containers;
    }

    void start() {
        thread = Thread.ofVirtual().name("watch-networks").start(this::watch);
    }

    /** Who reloads a firewall often flushes all of it. */
    private void watch() {
        EngineFacts.firewalls().forEach(EngineLog::error);
        try {
            while (true) {
                Thread.sleep(PAUSE);
                restore();
            }
        } catch (InterruptedException e) {
            // the engine ends
        }
    }

    private void restore() {
        try {
            if (bridges.firewall().restore()) {
                EngineLog.error(
                        "the firewall rules of networks were changed or flushed by somebody, and are"
                                + " put again");
            }
            for (var stay : stays.all()) restore(stay);
            failing = false;
        } catch (IOException e) {
            if (!failing) EngineLog.error("put bridges and firewall rules of networks again", e);
            failing = true; // said once, tried on
        }
    }

    /** Who removes a bridge leaves its plugs in the air. */
    private void restore(Stay stay) throws IOException {
        var entry = containers.byId(stay.container).orElse(null);
        if (entry == null || !entry.lock.tryLock()) return; // it starts or ends: next time
        try {
            if (!entry.container().isRunning()) return;
            for (var plugged : stay.plugs) {
                if (bridges.restore(plugged)) {
                    EngineLog.error(
                            "container "
                                    + stay.container
                                    + " was taken off the bridge of network "
                                    + plugged.network().name()
                                    + " by somebody, and is put on it again");
                }
            }
        } finally {
            entry.lock.unlock();
        }
    }

    @Override
    public void close() {
        var started = thread;
        if (started != null) started.interrupt();
    }
}
