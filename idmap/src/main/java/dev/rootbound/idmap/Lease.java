package dev.rootbound.idmap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A handle on a block of host ids that runs containers. A container that joins another's user
 * namespace {@linkplain #share shares} its lease; the block is free when the last handle is closed.
 * Thread-safe.
 */
public final class Lease implements AutoCloseable {
    private final IdPool pool;
    private final IdRange range;
    private final AtomicInteger handles;
    private boolean
            closed; // guarded by this: a handle that is being shared is not closed meanwhile

    private Lease(IdPool pool, IdRange range, AtomicInteger handles) {
        this.pool = pool;
        this.range = range;
        this.handles = handles;
    }

    static Lease first(IdPool pool, IdRange range) {
        return new Lease(pool, range, new AtomicInteger(1));
    }

    public IdRange range() {
        return range;
    }

    /** Inside ids from 0 on are the leased ones. */
    public IdMap ids() {
        return IdMap.of(range);
    }

    /**
     * Another handle on the same ids, to be closed on its own.
     *
     * @throws IllegalStateException if this handle is closed
     */
    public synchronized Lease share() {
        if (closed) {
            throw new IllegalStateException("the lease of ids " + range + " was given back");
        }
        handles.incrementAndGet();
        return new Lease(pool, range, handles);
    }

    /** Gives this handle back, once; the last handle of the block frees it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (handles.decrementAndGet() == 0) {
            pool.free(range);
        }
    }
}
