package dev.rootbound.engine;

import dev.rootbound.idmap.Lease;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.ExecProcess;
import dev.rootbound.runtime.Monitor;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a container after it is made: start, end, stop, delete, and being found again by
 * a new engine.
 */
final class Life {
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final int STOP_SECONDS = 10;

    /** SIGKILL ends a process at once, unless it is stuck in the kernel. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

    private static final Duration EXEC_PATIENCE = Duration.ofSeconds(1);

    private static final Duration SAVE_AGAIN = Duration.ofSeconds(1);

    private final Containers containers;
    private final Start start;
    private final Monitors monitors;
    private final Snapshots snapshots;
    private final ImageService images;
    private final Freezer freezer;
    private final EventLog events;
    private final InstantSource clock;
    private final InFlight inFlight;

    Life(
            Containers containers,
            Start start,
            Monitors monitors,
            Snapshots snapshots,
            ImageService images,
            Freezer freezer,
            EventLog events,
            InstantSource clock,
            InFlight inFlight) {
        this.containers = containers;
        this.start = start;
        this.monitors = monitors;
        this.snapshots = snapshots;
        this.images = images;
        this.freezer = freezer;
        this.events = events;
        this.clock = clock;
        this.inFlight = inFlight;
    }

    void start(ContainerEntry entry, String architecture) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            if (entry.isDeleted()) {
                throw new EngineException.NotFound("No such container: " + entry.container().id());
            }
            if (entry.container().isPaused()) {
                throw new EngineException.Conflict(
                        "cannot start a paused container, try unpause instead");
            }
            if (entry.container().isRunning()) {
                throw new EngineException.Unchanged("container is already running");
            }
            refuseDead(entry);
            finishLastEnd(entry);
            startChecked(entry, architecture);
        } finally {
            entry.lock.unlock();
        }
    }

    /** There is nothing to be judged or started: its spec may not be known. */
    static void refuseDead(ContainerEntry entry) {
        if (entry.container().state() instanceof ContainerState.Dead dead) {
            throw new EngineException.Conflict(
                    "container "
                            + entry.container().id()
                            + " is dead and can only be removed: "
                            + dead.reason());
        }
    }

    private void startChecked(ContainerEntry entry, String architecture) throws IOException {
        try {
            var started = start.start(entry, architecture);
            entry.become(started.container()); // first: who sees it live may signal its process
            entry.live(started.live());
            events.publish(started.container(), "start");
            watch(entry, started.live());
        } catch (IOException | RuntimeException e) {
            boolean interrupted = Thread.interrupted(); // it would keep the end from being written
            try {
                failed(entry, e);
            } catch (IOException | RuntimeException later) {
                e.addSuppressed(later);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
    }

    /**
     * It did not start: Docker says so in its state, and those who are attached or wait are told.
     */
    private void failed(ContainerEntry entry, Exception cause) throws IOException {
        int code =
                cause instanceof dev.rootbound.runtime.StartFailure failure ? failure.code() : 128;
        var now = clock.instant();
        var exited =
                new ContainerState.Exited(
                        code, false, now, now, String.valueOf(cause.getMessage()));
        entry.become(entry.container().with(exited, null, null));
        entry.attachments.forEach(LiveAttachment::end);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        if (entry.container().spec().autoRemove()) {
            remove(entry);
            return;
        }
        entry.unsaved(true);
        save(entry);
    }

    private void watch(ContainerEntry entry, ContainerEntry.Live live) {
        Thread.ofVirtual()
                .name("watch-" + entry.container().name())
                .start(() -> awaitEnd(entry, live));
    }

    private void awaitEnd(ContainerEntry entry, ContainerEntry.Live live) {
        try {
            var cgroup = OomKills.of(live.monitor().pid(), entry.container().id());
            var exit = cgroup.seenIn(live.monitor().awaitExit());
            entry.lock.lock();
            try (var ticket = inFlight.beginUnlessClosed()) {
                if (ticket != null) { // else the next engine finds it
                    ended(entry, live, exit);
                }
            } finally {
                entry.lock.unlock();
            }
        } catch (IOException | RuntimeException e) {
            System.Logger log = System.getLogger("dev.rootbound.engine");
            log.log(System.Logger.Level.ERROR, "end of container " + entry.container().id(), e);
        }
    }

    private void ended(ContainerEntry entry, ContainerEntry.Live live, Monitor.Exit exit)
            throws IOException {
        if (!live.equals(entry.live())) {
            return;
        }
        if (entry.container().state() instanceof ContainerState.Running running) {
            var exited = running.exited(exit.code(), exit.oomKilled(), clock.instant());
            entry.become(entry.container().with(exited, null, null).withExecs(List.of()));
            events.publishEnd(
                    entry.container(), running.since(), exit.code(), exit.oomKilled(), exited.at());
            entry.unsaved(!entry.container().spec().autoRemove());
        }
        try {
            giveBack(entry, live);
        } finally {
            entry.live(null);
            tell(entry);
            live.ended().countDown();
        }
    }

    /**
     * Those who wait for the end are told as soon as it is durable; the runtime's own removal,
     * which takes a process and its time, and the unmounting, which writes to disk, go on
     * meanwhile. Who stops or deletes the container, or starts it again, waits for all of it.
     */
    private void giveBack(ContainerEntry entry, ContainerEntry.Live live) throws IOException {
        var bundle = live.monitor().bundle();
        try (var undo = new Undo()) {
            undo.on(() -> release(entry, live.lease(), bundle));
            undo.on(() -> {
                if (!entry.isUnsaved()) { // else only the bundle has the exit code
                    new BundleDirectory(bundle).close();
                }
            });
            Together.all(
                    () -> monitors.delete(bundle),
                    () -> {
                        boolean gone = entry.container().spec().autoRemove();
                        if (gone) {
                            removeState(entry);
                        } else {
                            save(entry);
                        }
                        tell(entry);
                        live.root().close();
                        if (gone) {
                            snapshots.remove(entry.container().id());
                        }
                    });
        }
    }

    private void release(ContainerEntry entry, Lease lease, Bundle bundle) throws IOException {
        if (monitors.has(bundle)) {
            entry.keep(lease);
        }
        start.release(lease, bundle);
    }

    /** Writes how it ended; what cannot be written is tried again until it can. */
    private void save(ContainerEntry entry) {
        try {
            write(entry);
            return;
        } catch (IOException e) {
            System.Logger log = System.getLogger("dev.rootbound.engine");
            log.log(
                    System.Logger.Level.ERROR,
                    "the end of container "
                            + entry.container().id()
                            + " is not on disk yet: "
                            + e.getMessage(),
                    e);
        }
        Thread.ofVirtual()
                .name("save-" + entry.container().name())
                .start(() -> {
                    try {
                        do {
                            Thread.sleep(SAVE_AGAIN);
                        } while (!inFlight.isClosed() && !savedLater(entry));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private static void write(ContainerEntry entry) throws IOException {
        StateFile.write(entry.directory, entry.container());
        entry.unsaved(false);
    }

    private boolean savedLater(ContainerEntry entry) {
        entry.lock.lock();
        try (var ticket = inFlight.beginUnlessClosed()) {
            if (ticket == null || entry.isDeleted() || !entry.isUnsaved()) {
                return true;
            }
            finishLastEnd(entry);
            return true;
        } catch (IOException | RuntimeException e) {
            return !entry.isUnsaved(); // the rest: the next start, removal or engine tries again
        } finally {
            entry.lock.unlock();
        }
    }

    /** Does what could not be done at its last end. */
    private void finishLastEnd(ContainerEntry entry) throws IOException {
        if (entry.isUnsaved()) {
            write(entry);
        }
        removeRest(entry);
    }

    /** What its last end, or an earlier engine, could not give back. */
    private void removeRest(ContainerEntry entry) throws IOException {
        var bundle = start.bundle(entry.container());
        if (Files.isDirectory(bundle.directory())) {
            removeLeftovers(bundle);
        }
        entry.closeKept();
    }

    private void tell(ContainerEntry entry) {
        entry.attachments.forEach(LiveAttachment::endUnconnected);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        if (entry.container().spec().autoRemove()) {
            forget(entry);
        }
    }

    void stop(ContainerEntry entry, @Nullable String signal, @Nullable Integer seconds)
            throws IOException {
        var live = liveAfterStart(entry);
        if (live == null) {
            throw new EngineException.Unchanged("container is already stopped");
        }
        var spec = entry.container().spec();
        var asked = signal != null ? signal : spec.stopSignal();
        int number = asked == null || asked.isEmpty() ? SIGTERM : Signals.number(asked);
        var timeout = seconds != null ? seconds : spec.stopTimeout();
        int patience = timeout == null ? STOP_SECONDS : timeout;
        send(entry, live, number);
        freezer.unpauseIfPaused(entry);
        if (patience < 0) {
            await(live, Duration.ofDays(10_000));
        } else if (!await(live, Duration.ofSeconds(patience))) {
            killNow(entry, live);
        }
        events.publish(entry.container(), "stop");
    }

    void killNow(ContainerEntry entry, ContainerEntry.Live live) throws IOException {
        send(entry, live, SIGKILL);
        if (await(live, EXEC_PATIENCE)) {
            return;
        }
        // a runtime that waits for the process it was about to start, while that waits to be
        // reaped: neither ends
        entry.execs.forEach(ExecProcess::kill);
        if (!await(live, KILL_PATIENCE)) {
            throw new EngineException.Failed(
                    "container "
                            + entry.container().id()
                            + " was sent SIGKILL and has not ended after "
                            + KILL_PATIENCE.toSeconds()
                            + " s: its process is stuck in the kernel (see /proc/"
                            + live.monitor().pid()
                            + "/stack)");
        }
    }

    private static boolean await(ContainerEntry.Live live, Duration patience) {
        try {
            return live.ended().await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException.Failed(
                    "interrupted while waiting for the container's end", e);
        }
    }

    void send(ContainerEntry entry, ContainerEntry.Live live, int signal) throws IOException {
        entry.lock.lock(); // its end is told after the signal that was its cause
        try {
            if (entry.container().state() instanceof ContainerState.Running running) {
                if (Processes.kill(live.monitor().pid(), running.startTime(), signal)) {
                    events.publish(
                            entry.container(), "kill", Map.of("signal", Integer.toString(signal)));
                }
                freezer.unpauseFor(entry, signal);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    void killIfRunning(ContainerEntry entry) throws IOException {
        var live = liveAfterStart(entry);
        if (live != null) {
            killNow(entry, live);
        }
    }

    /** Waits for a start that is under way. */
    static ContainerEntry.@Nullable Live liveAfterStart(ContainerEntry entry) {
        entry.lock.lock();
        try {
            return entry.live();
        } finally {
            entry.lock.unlock();
        }
    }

    void deleteUnlessGone(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            if (!entry.isDeleted()) {
                deleteEnded(entry);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    /** It must not run, as far as can be told. */
    void delete(ContainerEntry entry) throws IOException {
        boolean mayRun =
                entry.container().state() instanceof ContainerState.Dead
                        && monitors.has(start.bundle(entry.container()));
        if (mayRun) {
            throw new EngineException.Conflict(
                    "cannot remove container \"/"
                            + entry.container().name()
                            + "\": something may still run in it: force remove");
        }
        deleteEnded(entry);
    }

    private void deleteEnded(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            if (entry.isDeleted()) {
                throw new EngineException.NotFound("No such container: " + entry.container().id());
            }
            if (entry.live() != null || entry.container().isRunning()) {
                throw new EngineException.Conflict(
                        "cannot remove container \"/"
                                + entry.container().name()
                                + (entry.container().isPaused()
                                        ? "\": container is paused and must be unpaused first"
                                        : "\": container is running: stop the container before removing or force remove"));
            }
            remove(entry);
        } finally {
            entry.lock.unlock();
        }
    }

    private void remove(ContainerEntry entry) throws IOException {
        removeRest(entry);
        removeState(entry);
        snapshots.remove(entry.container().id());
        entry.attachments.forEach(LiveAttachment::endUnconnected);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        forget(entry);
    }

    /** First of what is removed: without it the rest is a leftover that the next engine removes. */
    private static void removeState(ContainerEntry entry) throws IOException {
        entry.markDeleted();
        removeDirectory(entry.directory);
    }

    private void forget(ContainerEntry entry) {
        if (containers.remove(entry.container())) {
            events.publish(entry.container(), "destroy");
            try {
                images.release(entry.container().layers());
            } catch (IOException e) { // the next engine drops them
                System.Logger log = System.getLogger("dev.rootbound.engine");
                log.log(
                        System.Logger.Level.ERROR,
                        "drop layers of container " + entry.container().id(),
                        e);
            }
        }
        entry.announce(Engine.WaitFor.REMOVED, entry.lastEnd());
    }

    static void removeDirectory(java.nio.file.Path directory) throws IOException {
        var parent = directory.getParent();
        if (parent != null) {
            try (var dir = dev.rootbound.linux.Dir.open(parent)) {
                dir.removeTree(
                        String.valueOf(directory.getFileName())
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }

    /** One that an earlier engine left running. */
    void isLive(ContainerEntry entry, ContainerEntry.Live live) throws IOException {
        entry.live(live);
        freezer.recall(entry);
        watch(entry, live);
    }

    /** One that ended while there was no engine. */
    void hasEnded(ContainerEntry entry, ContainerState.Exited how) throws IOException {
        entry.become(entry.container().with(how, null, null).withExecs(List.of()));
        if (entry.container().spec().autoRemove()) {
            remove(entry);
            return;
        }
        entry.unsaved(true);
        save(entry);
        if (!entry.isUnsaved()) {
            removeRest(entry);
        }
    }

    /** Of a start or an end that an earlier engine did not finish. */
    void removeLeftovers(Bundle bundle) throws IOException {
        monitors.remove(bundle);
        snapshots.mounted(bundle.rootfs()).close();
        new BundleDirectory(bundle).close();
    }
}
