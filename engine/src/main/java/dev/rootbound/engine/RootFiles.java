package dev.rootbound.engine;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * A container's own files, whether it runs or not, without what is mounted in it. Nothing in the
 * container is followed, opened blindly or run for it.
 */
public interface RootFiles {
    /** What was done to a path. */
    enum Kind {
        MODIFIED,
        ADDED,
        DELETED
    }

    /**
     * A difference from the image.
     *
     * @param path absolute, inside
     */
    record Change(String path, Kind kind) {}

    /** What the container has changed, parents before what is in them. */
    List<Change> changes(Caller caller, String container);

    /**
     * Writes all of its files as a tar, with the ids that they have inside; the stream stays open.
     *
     * @throws EngineException.Failed also if the stream fails, or the container is deleted
     *     meanwhile: the archive is then cut short
     */
    void export(Caller caller, String container, OutputStream tar);

    /**
     * What a path inside leads to.
     *
     * @param name the path's last name: {@code .} if it ends so, {@code /} for the root
     * @param mode type and permission bits, inode(7)
     * @param linkTarget where a symbolic link leads inside, an absolute path; else empty
     */
    record PathStat(String name, long size, int mode, Instant changed, String linkTarget) {}

    /** A path inside that was found; open until closed. */
    interface Found extends AutoCloseable {
        PathStat stat();

        /**
         * Writes it and all below as a tar named as {@link #stat} says; else as {@link #export}.
         */
        void archive(OutputStream tar);

        @Override
        void close();
    }

    /**
     * Finds a path as the container would, {@code ..} resolved in the text first. The last name is
     * not followed, unless the path ends in a slash or {@code /.}: then it must be a directory.
     * NotFound if there is nothing.
     *
     * @param path names are bytes
     */
    Found find(Caller caller, String container, byte[] path);

    /**
     * How an archive is copied into a container.
     *
     * @param keepKinds refuse to replace a directory by something else, and something else by a
     *     directory
     * @param asUser all of it belongs to the container's user, if it has another than root
     */
    record Copying(boolean keepKinds, boolean asUser) {}

    /** Ids inside. */
    record Owner(long uid, long gid) {}

    /** Who a container's user is, by the files inside; root if it has none. */
    Owner user(Caller caller, String container);

    /**
     * Copies a tar (plain, gzip or zstd) into a directory inside; ids in it are those inside. What
     * was copied before a failure stays. Who starts the container waits for this, and cuts it short
     * if the archive does not come.
     *
     * @param path of the directory, or of a link to it; NotFound if there is nothing
     * @throws EngineException.Invalid if it is no directory, for an archive that cannot be read,
     *     and for what cannot be in a container: other ids, names that lead out, device nodes
     * @throws EngineException.Denied if the container's root file system is read-only
     */
    void copy(Caller caller, String container, byte[] path, Copying how, InputStream archive);
}
