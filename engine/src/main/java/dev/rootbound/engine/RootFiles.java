package dev.rootbound.engine;

import java.io.OutputStream;
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
}
