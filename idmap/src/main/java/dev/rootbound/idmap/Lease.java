package dev.rootbound.idmap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a block of host ids that runs containers. A container that joins another's user
 * namespace {@linkplain #share shares} its lease; the block is free when the last handle is closed.
 * Thread-safe.
 */
public final class Lease implements AutoCloseable {
    /** The host's own ids that an image can have, of containers without a user namespace. */
    public static final IdRange HOST = new IdRange(0, IdPool.BLOCK);

    private final @Nullable IdPool pool;
    private final IdRange range;
    private final String holder;
    private boolean
            closed; // guarded by this: a handle that is being shared is not closed meanwhile

    /** The host's own ids: nobody leases them out, and nobody takes them back. */
    public static Lease ofHost() {
        return new Lease(null, HOST, "");
    }

    Lease(@Nullable IdPool pool, IdRange range, String holder) {
        this.pool = pool;
        this.range = range;
        this.holder = holder;
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
     * @param other its holder, see {@link Claims#share}
     * @throws IllegalStateException if this handle is closed
     */
    public synchronized Lease share(String other) throws IOException {
        if (closed) {
            throw new IllegalStateException("the lease of ids " + range + " was given back");
        }
        return pool == null ? ofHost() : pool.share(range, other);
    }

    /** Gives this handle back, once; the last handle of the block frees it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (pool != null) pool.release(range, holder);
    }
}
