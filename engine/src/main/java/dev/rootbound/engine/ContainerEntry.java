package dev.rootbound.engine;

import dev.rootbound.idmap.Lease;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.runtime.ExecProcess;
import dev.rootbound.runtime.Monitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container in the engine's memory: its value, and who is connected to it. The lock is held while
 * it changes, never while something is waited for that may take longer than a runtime's command.
 */
final class ContainerEntry {
    /** What a container has while it runs. */
    record Live(Lease lease, Snapshots.Root root, Monitor monitor, CountDownLatch ended) {}

    final ReentrantLock lock = new ReentrantLock();
    final Path directory;
    final Builds.Secrets secrets;
    final List<LiveAttachment> attachments = new CopyOnWriteArrayList<>();
    final Set<EndWait> waits = ConcurrentHashMap.newKeySet();
    final Set<ExecProcess> execs = ConcurrentHashMap.newKeySet();
    final Copies copies = new Copies();
    private volatile Container container;
    private volatile @Nullable Live live;
    private volatile boolean deleted;
    private volatile boolean unsaved;
    private volatile @Nullable Lease kept;

    private final AtomicInteger returning = new AtomicInteger();
    private volatile Backoff backoff = Backoff.NONE;

    ContainerEntry(Container container, Path directory) {
        this(container, directory, Builds.Secrets.NONE);
    }

    /** A step of a build. */
    ContainerEntry(Container container, Path directory, Builds.Secrets secrets) {
        this.container = container;
        this.directory = directory;
        this.secrets = secrets;
    }

    Container container() {
        return container;
    }

    void become(Container changed) {
        container = changed;
    }

    @Nullable Live live() {
        return live;
    }

    void live(@Nullable Live running) {
        live = running;
    }

    /** Docker's words when it is needed running. */
    Live running() {
        var now = live;
        if (now == null || !container.isRunning()) {
            throw new EngineException.Conflict("container " + container.id() + " is not running");
        }
        return now;
    }

    /** Whether it neither runs nor is about to again by its policy. */
    boolean isStopped() {
        return live == null && !(container.state() instanceof ContainerState.Restarting);
    }

    /**
     * Also not paused.
     *
     * @param what what that would be in the way of: Docker's word
     */
    Live running(String what) {
        var now = running();
        if (container.isPaused()) {
            throw new EngineException.Conflict(
                    "Container "
                            + container.id()
                            + " is paused, unpause the container before "
                            + what);
        }
        return now;
    }

    boolean isDeleted() {
        return deleted;
    }

    void markDeleted() {
        deleted = true;
    }

    /** Whether its end is not on disk yet. */
    boolean isUnsaved() {
        return unsaved;
    }

    void unsaved(boolean now) {
        unsaved = now;
    }

    /** Whether it is deleted when it ends: not when that is half of a restart. */
    boolean removesItself() {
        return container.spec().autoRemove() && !isReturning();
    }

    /** Whether it is stopped to be started again. */
    boolean isReturning() {
        return returning.get() > 0;
    }

    /** Somebody stops it to start it again. */
    void returns() {
        returning.incrementAndGet();
    }

    /** It is stopped, and started by those who wanted that. */
    void returned() {
        returning.decrementAndGet();
    }

    Backoff backoff() {
        return backoff;
    }

    void backoff(Backoff now) {
        backoff = now;
    }

    /** Ids that something may run under though the container has ended. */
    void keep(Lease lease) {
        kept = lease;
    }

    void closeKept() {
        var lease = kept;
        kept = null;
        if (lease != null) {
            lease.close();
        }
    }

    /** It could not be deleted to the end, and can be again. */
    void markUndeleted() {
        deleted = false;
    }

    /** Tells those who wait for {@code what}. */
    void announce(Engine.WaitFor what, Engine.Waiting.Ended ended) {
        waits.stream().filter(wait -> wait.isFor(what)).forEach(wait -> wait.complete(ended));
    }

    /** How it last ended, for those who come after. */
    Engine.Waiting.Ended lastEnd() {
        // as Docker: why it did not start is what start answers, not what a wait does
        return new Engine.Waiting.Ended(
                switch (container.state()) {
                    case ContainerState.Exited exited -> exited.code();
                    case ContainerState.Restarting waiting -> waiting.last().code();
                    case ContainerState.Dead _ -> ContainerState.Dead.CODE;
                    case ContainerState.Created _, ContainerState.Running _ -> 0;
                },
                null);
    }
}
