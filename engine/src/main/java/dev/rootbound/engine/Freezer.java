package dev.rootbound.engine;

import dev.rootbound.runtime.Cgroup;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.Signals;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Holds containers still. What the kernel's freezer says is true; the state follows it. */
final class Freezer {
    private static final int SIGKILL = 9;

    private final InFlight inFlight;
    private final EventLog events;

    Freezer(InFlight inFlight, EventLog events) {
        this.inFlight = inFlight;
        this.events = events;
    }

    void pause(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            var live = entry.running();
            if (entry.container().isPaused()) {
                throw conflict(entry, "is already paused");
            }
            var cgroup = cgroup(entry, live);
            cgroup.freeze();
            try {
                become(entry, true);
            } catch (IOException | RuntimeException e) {
                cgroup.thaw();
                entry.become(paused(entry.container(), false));
                throw e;
            }
            events.publish(entry.container(), "pause");
        } finally {
            entry.lock.unlock();
        }
    }

    void unpause(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            var live = entry.running();
            if (!entry.container().isPaused()) {
                throw conflict(entry, "is not paused");
            }
            cgroup(entry, live).thaw();
            become(entry, false);
            events.publish(entry.container(), "unpause");
        } finally {
            entry.lock.unlock();
        }
    }

    /** Those who are to end must be able to. */
    void unpauseIfPaused(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            if (entry.live() != null && entry.container().isPaused()) {
                unpause(entry);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    /** As Docker: a signal that is meant to end a container wakes it, another waits. */
    void unpauseFor(ContainerEntry entry, int signal) throws IOException {
        if (signal == SIGKILL || signal == stopSignal(entry.container().spec(), signal)) {
            unpauseIfPaused(entry);
        }
    }

    private static int stopSignal(ContainerSpec spec, int otherwise) throws InvalidSpec {
        var stop = spec.stopSignal();
        return stop == null || stop.isEmpty() ? otherwise : Signals.number(stop);
    }

    /** An earlier engine may have ended between freezing a container and writing that down. */
    void recall(ContainerEntry entry) throws IOException {
        var live = entry.live();
        if (live != null && entry.container().isRunning()) {
            try {
                boolean frozen = cgroup(entry, live).isFrozen();
                if (frozen != entry.container().isPaused()) {
                    become(entry, frozen);
                }
            } catch (NoSuchFileException e) {
                // it has ended: who watches it will tell
            }
        }
    }

    private static Cgroup cgroup(ContainerEntry entry, ContainerEntry.Live live)
            throws IOException {
        return Cgroup.of(live.monitor().pid(), entry.container().id());
    }

    private static void become(ContainerEntry entry, boolean paused) throws IOException {
        entry.become(paused(entry.container(), paused));
        StateFile.write(entry.directory, entry.container());
    }

    private static Container paused(Container container, boolean paused) {
        if (container.state() instanceof ContainerState.Running running) {
            return container.with(running.withPaused(paused), container.ids(), container.rootfs());
        }
        return container;
    }

    private static EngineException.Conflict conflict(ContainerEntry entry, String is) {
        return new EngineException.Conflict("Container " + entry.container().id() + " " + is);
    }
}
