package dev.rootbound.engine;

import dev.rootbound.idmap.Lease;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import dev.rootbound.oci.Platform;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.ExecProcess;
import dev.rootbound.runtime.LogRotation;
import dev.rootbound.runtime.Monitor;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a container after it is made: start, end, stop, delete, and being found again by
 * a new engine.
 */
final class Life {
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final Set<Integer> ENDING = Set.of(2, 3, SIGTERM); // SIGINT, SIGQUIT
    private static final int STOP_SECONDS = 10;

    /** SIGKILL ends a process at once, unless it is stuck in the kernel. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

    private static final Duration EXEC_PATIENCE = Duration.ofSeconds(1);

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private final Containers containers;
    private final Start start;
    private final Monitors monitors;
    private final Snapshots snapshots;
    private final ImageService images;
    private final VolumeService volumes;
    private final NetworkService networks;
    private final Freezer freezer;
    private final EventLog events;
    private final InstantSource clock;
    private final InFlight inFlight;
    private final Restarts restarts;
    private final HealthProbes probes;
    private final Consumer<ContainerEntry> judge;
    private final TenantLimiter limiter;

    /**
     * @param judge says whether a container may start by its policy, and may correct its spec
     * @param limiter asked before each start
     */
    Life(
            Containers containers,
            Start start,
            Monitors monitors,
            Snapshots snapshots,
            ImageService images,
            VolumeService volumes,
            NetworkService networks,
            Freezer freezer,
            EventLog events,
            InstantSource clock,
            InFlight inFlight,
            HealthProbes probes,
            Consumer<ContainerEntry> judge,
            TenantLimiter limiter) {
        this.containers = containers;
        this.start = start;
        this.monitors = monitors;
        this.snapshots = snapshots;
        this.images = images;
        this.volumes = volumes;
        this.networks = networks;
        this.freezer = freezer;
        this.events = events;
        this.clock = clock;
        this.inFlight = inFlight;
        this.restarts = new Restarts(clock);
        this.probes = probes;
        this.judge = judge;
        this.limiter = limiter;
    }

    void start(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            refuseGone(entry);
            if (entry.container().isPaused()) {
                throw new EngineException.Conflict(
                        "cannot start a paused container, try unpause instead");
            }
            if (entry.container().isRunning()) {
                throw new EngineException.Unchanged("container is already running");
            }
            if (entry.container().state() instanceof ContainerState.Restarting) {
                throw new EngineException.Unchanged("container is already restarting");
            }
            finishLastEnd(entry);
            entry.backoff(Backoff.NONE);
            entry.become(entry.container().withRestarts(0).withStopAsked(false));
            startChecked(entry);
        } finally {
            entry.lock.unlock();
        }
    }

    /** There is nothing to be changed or started. */
    static void refuseGone(ContainerEntry entry) {
        if (entry.isDeleted()) {
            throw new EngineException.NotFound("No such container: " + entry.container().id());
        }
        refuseDead(entry);
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

    /** Stops it if it runs, and starts it. */
    void restart(ContainerEntry entry, @Nullable String signal, @Nullable Integer seconds)
            throws IOException {
        entry.returns(); // before the stop, until its end is dealt with
        try {
            stop(entry, signal, seconds);
        } catch (EngineException.Unchanged e) {
            // it does not run
        } finally {
            entry.returned();
        }
        try {
            start(entry);
        } catch (EngineException.Unchanged e) {
            // somebody else was quicker
        }
        events.publish(entry.container(), "restart");
    }

    /** By its policy, unless somebody stopped, started or removed it meanwhile. */
    private void restartNow(ContainerEntry entry, ContainerState.Restarting due)
            throws IOException {
        entry.lock.lock();
        try (var ticket = inFlight.beginUnlessClosed()) {
            if (ticket == null || entry.isDeleted() || !due.equals(entry.container().state())) {
                return;
            }
            try {
                judge.accept(entry);
                finishLastEnd(entry);
            } catch (IOException | RuntimeException e) {
                failed(entry, e);
                throw e;
            }
            startChecked(entry);
        } finally {
            entry.lock.unlock();
        }
    }

    /** When all is recovered: what its policy wants running is started. */
    void applyPolicies() {
        for (var entry : containers.all()) {
            entry.lock.lock();
            try {
                entry.become(restarts.found(entry.container()));
                restarts.schedule(entry, this::restartNow);
            } finally {
                entry.lock.unlock();
            }
        }
    }

    /**
     * Its restart will not be. With the entry's lock held.
     *
     * @return whether it was to be
     */
    private boolean cancelRestart(ContainerEntry entry) {
        if (!(entry.container().state() instanceof ContainerState.Restarting waiting)) {
            return false;
        }
        entry.become(entry.container().with(waiting.last(), null, null).withStopAsked(true));
        entry.unsaved(true);
        save(entry);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        return true;
    }

    /** Wins over its restart policy, also when the next engine sees its end. */
    private static void askStop(ContainerEntry entry) throws IOException {
        boolean matters = !entry.container().spec().restart().equals(RestartPolicy.NO);
        if (matters && !entry.container().stopAsked()) {
            entry.become(entry.container().withStopAsked(true));
            if (!entry.isReturning()) { // else, if this engine dies in between, it comes again
                StateFile.write(entry.directory, entry.container());
            }
        }
    }

    void setPolicy(ContainerEntry entry, RestartPolicy policy) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            refuseGone(entry);
            var before = entry.container();
            if (before.spec().autoRemove() && !policy.equals(RestartPolicy.NO)) {
                throw new EngineException.Conflict(
                        "Restart policy cannot be updated because AutoRemove is enabled for the container");
            }
            var changed = before.withSpec(before.spec().with(given -> given.restart = policy));
            StateFile.write(entry.directory, changed);
            entry.become(changed);
        } finally {
            entry.lock.unlock();
        }
    }

    void rename(ContainerEntry entry, String name) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            refuseGone(entry);
            var before = entry.container();
            containers.reserveForRename(before, name);
            try {
                StateFile.write(entry.directory, before.withName(name));
            } catch (IOException | RuntimeException e) {
                containers.release(before.tenant(), name, before.id());
                throw e;
            }
            entry.become(before.withName(name));
            containers.release(before.tenant(), before.name(), before.id());
            events.publish(entry.container(), "rename", Map.of("oldName", "/" + before.name()));
        } finally {
            entry.lock.unlock();
        }
    }

    private void startChecked(ContainerEntry entry) throws IOException {
        try (var _ = limiter.begin(entry.container())) {
            entry.copies.finish();
            var started = start.start(entry, Platform.host().architecture());
            entry.become(started.container()); // first: who sees it live may signal its process
            entry.live(started.live());
            events.publish(started.container(), "start");
            watch(entry, started.live());
            probes.watch(entry, started.live());
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
        var exited =
                ContainerState.Exited.unstarted(
                        entry.container().state(),
                        code,
                        clock.instant(),
                        String.valueOf(cause.getMessage()));
        // better than Docker, which gives up: a disk that was full for a moment stops nothing for
        // good
        boolean byPolicy = entry.container().state() instanceof ContainerState.Restarting;
        entry.become(
                byPolicy
                        ? restarts.ended(entry, exited)
                        : entry.container().with(exited, null, null));
        entry.attachments.forEach(LiveAttachment::end);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        if (entry.container().spec().autoRemove()) {
            remove(entry, true);
            return;
        }
        entry.unsaved(true);
        save(entry);
        restarts.schedule(entry, this::restartNow);
    }

    private void watch(ContainerEntry entry, ContainerEntry.Live live) {
        Thread.ofVirtual()
                .name("watch-" + entry.container().name())
                .start(() -> awaitEnd(entry, live));
        LogKeeper.watch(entry, live, inFlight::isClosed);
    }

    private void awaitEnd(ContainerEntry entry, ContainerEntry.Live live) {
        do {
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
                return;
            } catch (IOException | RuntimeException e) {
                EngineLog.error("end of container " + entry.container().id(), e);
            }
        } while (live.equals(entry.live()) && pausedBeforeRetry());
    }

    /** Such as too many open files: what failed may succeed later. */
    private boolean pausedBeforeRetry() {
        try {
            Thread.sleep(RETRY_PAUSE);
            return !inFlight.isClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void ended(ContainerEntry entry, ContainerEntry.Live live, Monitor.Exit exit)
            throws IOException {
        if (!live.equals(entry.live())) {
            return;
        }
        if (entry.container().state() instanceof ContainerState.Running running) {
            var at = live.monitor().endedAt().orElseGet(clock::instant);
            var exited = running.exited(exit.code(), exit.oomKilled(), at);
            var ended = restarts.ended(entry, exited);
            entry.become(entry.isReturning() ? ended.withStopAsked(false) : ended);
            events.publishEnd(
                    entry.container(), running.since(), exit.code(), exit.oomKilled(), exited.at());
            networks.tellEnd(entry.container());
            entry.unsaved(!entry.removesItself());
        }
        try {
            Failpoint.reach("end.seen");
            giveBack(entry, live);
        } finally {
            entry.live(null);
            tell(entry);
            live.ended().countDown();
            restarts.schedule(entry, this::restartNow);
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
            undo.on(() -> volumes.ended(entry.container()));
            undo.on(() -> networks.ended(entry.container()));
            undo.on(() -> {
                if (!entry.isUnsaved()) { // else only the bundle has the exit code
                    new BundleDirectory(bundle).close();
                }
            });
            Together.all(
                    () -> {
                        monitors.delete(bundle);
                        Failpoint.reach("end.runtime-deleted");
                    },
                    () -> {
                        boolean gone = entry.removesItself();
                        if (gone) {
                            removeState(entry);
                        } else {
                            LogRotation.removeUnfinished(entry.container().logFile());
                            save(entry);
                        }
                        Failpoint.reach("end.recorded");
                        tell(entry);
                        endCopies(entry, gone);
                        live.root().close();
                        Failpoint.reach("end.unmounted");
                        if (gone) {
                            Failpoint.reach("autoremove.unmounted");
                            snapshots.remove(entry.container().id());
                            networks.forget(entry.container());
                            volumes.removeOwn(entry.container());
                        }
                    });
        }
    }

    /** Each writes in the file system that is to be unmounted, under ids that are to be free. */
    private static void endCopies(ContainerEntry entry, boolean gone) {
        if (gone) {
            entry.copies.cut();
        } else {
            entry.copies.finish();
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
            EngineLog.error(
                    "the end of container " + entry.container().id() + " is not on disk yet", e);
        }
        Thread.ofVirtual()
                .name("save-" + entry.container().name())
                .start(() -> {
                    while (pausedBeforeRetry() && !savedLater(entry)) {}
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
        if (entry.removesItself()) {
            forget(entry);
        }
    }

    void stop(ContainerEntry entry, @Nullable String signal, @Nullable Integer seconds)
            throws IOException {
        var live = toEnd(entry);
        if (live == null) {
            return;
        }
        var spec = entry.container().spec();
        var asked = signal != null ? signal : spec.stopSignal();
        int number = asked == null || asked.isEmpty() ? SIGTERM : Signals.number(asked);
        var timeout = seconds != null ? seconds : spec.stopTimeout();
        int patience = timeout == null ? STOP_SECONDS : timeout;
        send(entry, live, number);
        Failpoint.reach("stop.signalled");
        freezer.unpauseIfPaused(entry);
        if (patience < 0) {
            await(live, Duration.ofDays(10_000));
        } else if (!await(live, Duration.ofSeconds(patience))) {
            killNow(entry, live);
        }
        events.publish(entry.container(), "stop");
    }

    /**
     * What somebody wants ended.
     *
     * @return {@code null} if it was to be restarted, and is not any more
     */
    private ContainerEntry.@Nullable Live toEnd(ContainerEntry entry) throws IOException {
        entry.lock.lock();
        try {
            if (cancelRestart(entry)) {
                return null;
            }
            var live = entry.live();
            if (live == null) {
                throw new EngineException.Unchanged("container is already stopped");
            }
            askStop(entry);
            return live;
        } finally {
            entry.lock.unlock();
        }
    }

    void kill(ContainerEntry entry, int signal) throws IOException {
        boolean restarting = entry.container().state() instanceof ContainerState.Restarting;
        if (restarting && !asksForEnd(entry, signal)) {
            return; // nobody is there to get it
        }
        try {
            var live = asksForEnd(entry, signal) ? toEnd(entry) : entry.running();
            if (live == null) {
                return;
            }
            if (signal == SIGKILL) {
                killNow(entry, live);
            } else {
                send(entry, live, signal);
            }
        } catch (EngineException.Unchanged e) {
            throw notRunning(entry);
        }
    }

    private static EngineException notRunning(ContainerEntry entry) {
        var container = entry.container();
        return new EngineException.Conflict(
                "cannot kill container: "
                        + container.name()
                        + ": container "
                        + container.id()
                        + " is not running");
    }

    /**
     * Whether a signal says that the container is to end for good. As Docker, but the signals that
     * programs take as an order to do something else (SIGHUP: read your configuration) do not
     * count.
     */
    private static boolean asksForEnd(ContainerEntry entry, int signal) throws IOException {
        var stop = entry.container().spec().stopSignal();
        if (signal == SIGKILL) {
            return true;
        }
        if (stop == null || stop.isEmpty()) {
            return ENDING.contains(signal);
        }
        return signal == Signals.number(stop);
    }

    void killNow(ContainerEntry entry, ContainerEntry.Live live) throws IOException {
        send(entry, live, SIGKILL);
        Failpoint.reach("kill.signalled");
        if (await(live, EXEC_PATIENCE)) {
            return;
        }
        // a runtime that waits for the process it was about to start, while that waits to be
        // reaped: neither ends
        entry.execs.forEach(ExecProcess::kill);
        // a client that reads nothing keeps the monitor writing to it
        entry.attachments.forEach(LiveAttachment::close);
        // and one that sends an archive slowly keeps its end from being seen
        entry.copies.cut();
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
        try {
            var live = toEnd(entry);
            if (live != null) {
                killNow(entry, live);
            }
        } catch (EngineException.Unchanged e) {
            // it does not run
        }
    }

    void deleteUnlessGone(ContainerEntry entry, boolean withVolumes) throws IOException {
        entry.lock.lock();
        try {
            if (!entry.isDeleted()) {
                deleteEnded(entry, withVolumes);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    /**
     * It must not run, as far as can be told.
     *
     * @param withVolumes whether its anonymous volumes go too
     */
    void delete(ContainerEntry entry, boolean withVolumes) throws IOException {
        boolean mayRun =
                entry.container().state() instanceof ContainerState.Dead
                        && monitors.has(start.bundle(entry.container()));
        if (mayRun) {
            throw new EngineException.Conflict(
                    "cannot remove container \"/"
                            + entry.container().name()
                            + "\": something may still run in it: force remove");
        }
        deleteEnded(entry, withVolumes);
    }

    private void deleteEnded(ContainerEntry entry, boolean withVolumes) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            if (entry.isDeleted()) { // a dead one can be deleted
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
            if (entry.container().state() instanceof ContainerState.Restarting) {
                throw new EngineException.Conflict(
                        "cannot remove container \"/"
                                + entry.container().name()
                                + "\": container is restarting: stop the container before removing or force remove");
            }
            remove(entry, withVolumes);
        } finally {
            entry.lock.unlock();
        }
    }

    private void remove(ContainerEntry entry, boolean withVolumes) throws IOException {
        removeRest(entry);
        if (!withVolumes) volumes.keep(entry.container());
        try {
            removeState(entry);
            entry.copies.cut();
            snapshots.remove(entry.container().id());
            networks.forget(entry.container());
            Failpoint.reach("delete.files-removed");
        } catch (IOException | RuntimeException e) {
            entry.markUndeleted();
            throw e;
        }
        entry.attachments.forEach(LiveAttachment::endUnconnected);
        entry.announce(Engine.WaitFor.NEXT_EXIT, entry.lastEnd());
        forget(entry);
        volumes.removeOwn(entry.container());
    }

    /** First of what is removed: without it the rest is a leftover that the next engine removes. */
    private static void removeState(ContainerEntry entry) throws IOException {
        entry.markDeleted();
        Failpoint.reach("delete.begun");
        removeDirectory(entry.directory);
        Failpoint.reach("delete.state-removed");
    }

    private void forget(ContainerEntry entry) {
        if (containers.remove(entry.container())) {
            events.publish(entry.container(), "destroy");
            try {
                images.release(entry.container().layers());
            } catch (IOException e) { // the next engine drops them
                EngineLog.error("drop layers of container " + entry.container().id(), e);
            }
            volumes.release(entry.container());
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
    void isLive(ContainerEntry entry, ContainerEntry.Live live) {
        entry.live(live);
        try {
            freezer.recall(entry);
        } catch (IOException | RuntimeException e) { // it runs, whether frozen or not
            EngineLog.error("is container " + entry.container().id() + " paused", e);
        }
        watch(entry, live);
        probes.watch(entry, live);
    }

    /** One that ended while there was no engine. */
    void hasEnded(ContainerEntry entry, ContainerState.Exited how) throws IOException {
        entry.become(restarts.ended(entry, how));
        if (entry.container().spec().autoRemove()) {
            remove(entry, true);
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
