package dev.rootbound.engine;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.ExecProcess;
import dev.rootbound.runtime.Monitor;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Signals;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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

    private final Containers containers;
    private final Start start;
    private final Monitors monitors;
    private final Snapshots snapshots;
    private final IdPool pool;
    private final EventLog events;
    private final InstantSource clock;
    private volatile boolean closed;

    Life(
            Containers containers,
            Start start,
            Monitors monitors,
            Snapshots snapshots,
            IdPool pool,
            EventLog events,
            InstantSource clock) {
        this.containers = containers;
        this.start = start;
        this.monitors = monitors;
        this.snapshots = snapshots;
        this.pool = pool;
        this.events = events;
        this.clock = clock;
    }

    void start(ContainerEntry entry, String architecture) throws IOException {
        entry.lock.lock();
        try {
            if (entry.isDeleted()) {
                throw new EngineException.NotFound("No such container: " + entry.container().id());
            }
            if (entry.container().isRunning()) {
                throw new EngineException.Unchanged("container is already running");
            }
            startChecked(entry, architecture);
        } finally {
            entry.lock.unlock();
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
            try {
                failed(entry, e);
            } catch (IOException | RuntimeException later) {
                e.addSuppressed(later);
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
        StateFile.write(entry.directory, entry.container());
    }

    /** From now on this engine does nothing at a container's end: the next one finds it. */
    void close() {
        closed = true;
    }

    private void watch(ContainerEntry entry, ContainerEntry.Live live) {
        Thread.ofVirtual()
                .name("watch-" + entry.container().name())
                .start(() -> awaitEnd(entry, live));
    }

    private void awaitEnd(ContainerEntry entry, ContainerEntry.Live live) {
        try {
            var exit = live.monitor().awaitExit();
            entry.lock.lock();
            try {
                ended(entry, live, exit);
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
        if (closed || !live.equals(entry.live())) {
            return;
        }
        if (entry.container().state() instanceof ContainerState.Running running) {
            var exited = running.exited(exit.code(), exit.oomKilled(), clock.instant());
            entry.become(entry.container().with(exited, null, null).withExecs(List.of()));
            events.publishEnd(
                    entry.container(), running.since(), exit.code(), exit.oomKilled(), exited.at());
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
     * The runtime's own removal takes a process and its time: the rest is done beside it, and those
     * who wait for the end are told when that is done. Who stops or deletes the container waits for
     * all of it.
     */
    private void giveBack(ContainerEntry entry, ContainerEntry.Live live) throws IOException {
        var bundle = live.monitor().bundle();
        try (var undo = new Undo()) {
            undo.on(() -> start.release(live.lease(), bundle));
            undo.on(new BundleDirectory(bundle));
            Together.all(
                    () -> monitors.delete(bundle),
                    () -> {
                        live.root().close();
                        if (entry.container().spec().autoRemove()) {
                            removeFiles(entry);
                        } else {
                            StateFile.write(entry.directory, entry.container());
                        }
                        tell(entry);
                    });
        }
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
            if (entry.container().state() instanceof ContainerState.Running running
                    && Processes.kill(live.monitor().pid(), running.startTime(), signal)) {
                events.publish(
                        entry.container(), "kill", Map.of("signal", Integer.toString(signal)));
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
                delete(entry);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    /** It must not run. */
    void delete(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            if (entry.isDeleted()) {
                throw new EngineException.NotFound("No such container: " + entry.container().id());
            }
            if (entry.live() != null || entry.container().isRunning()) {
                throw new EngineException.Conflict(
                        "cannot remove container \"/"
                                + entry.container().name()
                                + "\": container is running: stop the container before removing or force remove");
            }
            remove(entry);
        } finally {
            entry.lock.unlock();
        }
    }

    private void remove(ContainerEntry entry) throws IOException {
        removeFiles(entry);
        entry.attachments.forEach(LiveAttachment::endUnconnected);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        forget(entry);
    }

    private void removeFiles(ContainerEntry entry) throws IOException {
        entry.markDeleted();
        // the state goes first: without it the rest is a leftover that the next engine removes
        removeDirectory(entry.directory);
        snapshots.remove(entry.container().id());
    }

    private void forget(ContainerEntry entry) {
        containers.remove(entry.container());
        events.publish(entry.container(), "destroy");
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

    /** A container that an earlier engine left: it runs, or ended meanwhile. */
    void recover(ContainerEntry entry) throws IOException {
        var container = entry.container();
        var bundle = start.bundle(container);
        if (!(container.state() instanceof ContainerState.Running)) {
            removeLeftovers(bundle);
            return;
        }
        var ids = container.ids();
        var monitor = monitors.find(bundle);
        // the host was restarted and the run directory is gone, or the engine died before it had
        // the process started
        if (ids == null || monitor.isEmpty() || monitors.isUnstarted(bundle)) {
            var running = (ContainerState.Running) container.state();
            removeLeftovers(bundle);
            entry.become(container.with(running.exited(137, false, clock.instant()), null, null));
            if (container.spec().autoRemove()) {
                remove(entry);
            } else {
                StateFile.write(entry.directory, entry.container());
            }
            return;
        }
        var outside = ids.entries().getFirst().outside();
        var lease =
                pool.adopt(
                        new IdRange(outside.first(), outside.size()),
                        bundle.directory().toString());
        var live =
                new ContainerEntry.Live(
                        lease,
                        snapshots.mounted(bundle.rootfs()),
                        monitor.get(),
                        new CountDownLatch(1));
        entry.live(live);
        watch(entry, live);
    }

    /** Of a start or an end that an earlier engine did not finish. */
    void removeLeftovers(Bundle bundle) throws IOException {
        monitors.remove(bundle);
        snapshots.mounted(bundle.rootfs()).close();
        new BundleDirectory(bundle).close();
    }
}
