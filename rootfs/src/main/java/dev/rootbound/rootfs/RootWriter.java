package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Isolated;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/**
 * An open root file system, for the engine to write in as the container's root: a thread of its own
 * has that file-system id, since overlayfs lets nobody whom it does not map make anything
 * (EOVERFLOW). All is found by descriptors that the container cannot lead out.
 */
public final class RootWriter implements InsideFiles, AutoCloseable {
    private final Dir root;
    private final IdMaps ids;
    private final Release release;

    /** Gives back what was mounted for this. */
    interface Release {
        void run() throws IOException;
    }

    /** Closes the directory. */
    RootWriter(Dir root, IdMaps ids, Release release) {
        this.root = root;
        this.ids = ids;
        this.release = release;
    }

    /** The owners that files have here. */
    public IdMaps ids() {
        return ids;
    }

    @Override
    public byte[] read(String file, int limit) throws IOException {
        return InsideFile.read(root, file, limit);
    }

    /**
     * Refuses a path that archives cannot be copied to.
     *
     * @throws NoSuchFileException if there is nothing
     * @throws LayerException if it is no directory, nor a link to one
     */
    public void checkDirectory(byte[] path) throws IOException {
        try (var _ = root.inRoot(inside(path), At.O_PATH | At.O_DIRECTORY, 0)) {
            return;
        } catch (ErrnoException e) {
            switch (e.errno()) {
                case Errno.ENOENT -> throw new NoSuchFileException(Bytes.show(Bytes.text(path)));
                case Errno.ENOTDIR ->
                        throw new LayerException("extraction point is not a directory");
                default -> throw e;
            }
        }
    }

    /** With {@code ..} resolved in the text, as Docker does. */
    private static byte[] inside(byte[] path) {
        return Bytes.of("/" + String.join("/", Destination.of(path).names()));
    }

    /**
     * Copies a tar into the directory at a path; on failure what was copied so far stays.
     *
     * @param archive uncompressed; read to the tar's end, and left open
     * @return what is to be in those files that are {@link CopyRules#apart}
     * @throws LayerException for what it holds and cannot be copied
     */
    public Map<String, byte[]> unpack(InputStream archive, byte[] path, CopyRules rules)
            throws IOException {
        var destination = Destination.of(path);
        @SuppressWarnings("resource") // whose stream it is closes it
        var tar = new TarReader(archive);
        return Isolated.as(
                ids.rootUid(),
                ids.rootGid(),
                root.fd().path(),
                () -> {
                    try (var unpacker =
                            new ArchiveUnpacker(
                                    tar,
                                    root,
                                    destination,
                                    new MappedIds(ids),
                                    rules,
                                    rules::owned)) {
                        return unpacker.unpack();
                    }
                });
    }

    @Override
    public void close() throws IOException {
        root.close();
        release.run();
    }
}
