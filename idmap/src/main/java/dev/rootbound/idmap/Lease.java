package dev.rootbound.idmap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A handle on the host ids that run containers. A container that joins another's user namespace
 * {@linkplain #share shares} its lease; ids of a pool are free when the last handle is closed.
 * Thread-safe.
 */
public final class Lease implements AutoCloseable {
    /** Whose the ids are besides. */
    public enum Kind {
        /** Nobody's. */
        OWN,
        /** All containers of the engine have them: {@code --userns-remap}. */
        SHARED,
        /** The host's: there is no user namespace, and root is root. */
        HOST
    }

    private static final IdMaps HOSTS = IdMaps.of(new IdRange(0, IdPool.BLOCK));

    private final Kind kind;
    private final IdMaps ids;
    private final @Nullable IdPool pool;
    private final String holder;
    private boolean
            closed; // guarded by this: a handle that is being shared is not closed meanwhile

    /** Of ids that a pool has given out. */
    Lease(IdPool pool, IdMaps ids, String holder) {
        this(Kind.OWN, ids, pool, holder);
    }

    private Lease(Kind kind, IdMaps ids, @Nullable IdPool pool, String holder) {
        this.kind = kind;
        this.ids = ids;
        this.pool = pool;
        this.holder = holder;
    }

    /** The host's own ids, as far as images and volumes have them; nobody takes them back. */
    public static Lease ofHost() {
        return new Lease(Kind.HOST, HOSTS, null, "");
    }

    /** Ids that all containers have; nobody takes them back. */
    public static Lease shared(IdMaps ids) {
        return new Lease(Kind.SHARED, ids, null, "");
    }

    public Kind kind() {
        return kind;
    }

    public IdMaps ids() {
        return ids;
    }

    /**
     * Another handle on the same ids, to be closed on its own.
     *
     * @param other its holder, see {@link Claims#share}
     * @throws IllegalStateException if this handle is closed
     */
    public synchronized Lease share(String other) throws IOException {
        if (closed) {
            throw new IllegalStateException(
                    "the lease of ids " + ids.outsideText() + " was given back");
        }
        return pool == null ? new Lease(kind, ids, null, other) : pool.share(ids, other);
    }

    /** Gives this handle back, once; the last handle of the ids frees them. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (pool != null) pool.release(ids, holder);
    }
}
