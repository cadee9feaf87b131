package dev.rootbound.engine;

import dev.rootbound.runtime.Cgroup;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Holds containers still. What the kernel's freezer says is true; the state follows it. */
final class Freezer {
    private static final int SIGKILL = 9;

    /** In a container's directory as long as it is paused for the engine's own sake. */
    private static final String HELD = "held";

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
            Files.deleteIfExists(held(entry));
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

    /** A container that is paused until this is closed. */
    interface Held extends AutoCloseable {
        Held NOTHING = () -> {};

        @Override
        void close() throws IOException;
    }

    /**
     * Pauses a container for as long as the engine needs it; unchanged if it is paused or does not
     * run. If this engine dies meanwhile, the next one lets it go on.
     */
    Held hold(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            boolean runs = entry.live() != null && entry.container().isRunning();
            if (!runs || entry.container().isPaused()) {
                return Held.NOTHING;
            }
            // before: a frozen one without it stays so
            Files.writeString(held(entry), process(entry.running()));
            pause(entry);
            return () -> release(entry);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(held(entry));
            if (e instanceof NoSuchFileException) { // it has just ended
                return Held.NOTHING;
            }
            throw e;
        } finally {
            entry.lock.unlock();
        }
    }

    private static Path held(ContainerEntry entry) {
        return entry.directory.resolve(HELD);
    }

    /** A mark that was left when a container ended says nothing of its next process. */
    private static String process(ContainerEntry.Live live) {
        return Long.toString(live.monitor().pid());
    }

    private static boolean isHeld(ContainerEntry entry, ContainerEntry.Live live)
            throws IOException {
        try {
            return Files.readString(held(entry)).equals(process(live));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Also while the engine ends: unless somebody has let it go on, and perhaps paused it again.
     */
    private void release(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            var live = entry.live();
            if (live != null && isHeld(entry, live) && entry.container().isPaused()) {
                cgroup(entry, live).thaw();
                become(entry, false);
                events.publish(entry.container(), "unpause");
            }
        } catch (NoSuchFileException e) {
            // it was killed
        } finally {
            Files.deleteIfExists(held(entry));
            entry.lock.unlock();
        }
    }

    /** An earlier engine may have ended between freezing a container and writing that down. */
    void recall(ContainerEntry entry) throws IOException {
        var live = entry.live();
        if (live != null && entry.container().isRunning()) {
            try {
                var cgroup = cgroup(entry, live);
                boolean frozen = cgroup.isFrozen();
                if (frozen && isHeld(entry, live)) {
                    cgroup.thaw();
                    frozen = false;
                }
                if (frozen != entry.container().isPaused()) {
                    become(entry, frozen);
                }
                Files.deleteIfExists(held(entry));
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
