package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Containers' root file systems: the layers of an image below, a writable layer on top.
 *
 * <p>Lifecycle: {@link #create} once, {@link #mount} at each start, {@link Root#close} at each end,
 * {@link #remove} once. What a container has written stays in its writable layer between starts,
 * under whatever ids it is mounted.
 *
 * <p>{@code var root = snapshots.mount(id, layers, lease.ids(), target); … root.close();}
 */
public interface Snapshots {
    /**
     * Removes what an engine that was killed had attached for a moment. Call once, while no other
     * engine uses the directories.
     */
    void recover() throws IOException;

    /** Makes an empty writable layer. */
    void create(String id) throws IOException;

    /**
     * Mounts the root file system at an existing directory.
     *
     * @param layers bottom first, unpacked
     * @param ids whom the files belong to there
     */
    Root mount(String id, List<Digest> layers, IdMaps ids, Path target) throws IOException;

    /** The root file system that an earlier engine mounted at {@code target}. */
    Root mounted(Path target);

    /**
     * The files of the writable layer and those below, also while it is mounted.
     *
     * @param layers bottom first, unpacked
     */
    RootTree tree(String id, List<Digest> layers) throws IOException;

    /**
     * Opens a root file system that is not mounted, to write in. Until that is closed the writable
     * layer must neither be mounted nor removed.
     *
     * @param layers bottom first, unpacked
     */
    RootWriter writer(String id, List<Digest> layers) throws IOException;

    /** Removes the writable layer; nothing there is fine. It must not be mounted. */
    void remove(String id) throws IOException;

    /** Where a writable layer is; only the engine can look. */
    Path path(String id);

    /** The closed directory of all files of containers. */
    Path store();

    /** The containers that have a writable layer. */
    List<String> list() throws IOException;

    /** A mounted root file system. */
    interface Root extends InsideFiles, AutoCloseable {
        Path path();

        /**
         * Refuses a root in which a directory that the runtime fills from outside is something
         * else: it follows a symbolic link there as host root.
         *
         * @throws IOException naming it
         */
        void refuseLinks(String... directories) throws IOException;

        /**
         * Opens it to write in. Until that is closed the file system lives on, also unmounted.
         *
         * @param ids that it is mounted with
         */
        RootWriter writer(IdMaps ids) throws IOException;

        /**
         * A second mount of it, for a container's own mounts: what is read and written through this
         * one stays free of them.
         *
         * @param ids that it is mounted with
         */
        RootView view(IdMaps ids);

        /** Unmounts it, and its view with all that is mounted there. */
        @Override
        void close() throws IOException;
    }
}
