package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Isolated;
import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Files that a container has mounted, for the engine to read and write: mounted once more for the
 * moment, with inside id {@code n} as the store's id {@code n}, so that they are like any others
 * there. What is nobody's in the container is nobody's here, too: the kernel lends even root no
 * rights over a file whose owner or group the mount does not know (user_namespaces(7), of
 * CAP_DAC_OVERRIDE and its kin).
 */
public final class MountedFiles implements AutoCloseable {
    private final Path directory;
    private final String name;

    private MountedFiles(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    /** Mounts them. */
    public interface Mounting {
        /**
         * @param ids those of the store
         * @param target is to be made, as what the files are
         */
        void mount(IdMaps ids, Path target) throws IOException;
    }

    /**
     * Until closed.
     *
     * @param staging a directory of the engine for what is mounted for a moment
     * @param name one that a single file is to have in archives
     */
    public static MountedFiles open(Path staging, String name, Mounting mounting)
            throws IOException {
        var files = new MountedFiles(Files.createTempDirectory(staging, "files-"), name);
        try (var undo = new Undo()) {
            undo.on(files);
            mounting.mount(StoreDirectory.IDS, files.mount());
            undo.keep();
        }
        return files;
    }

    private Path mount() {
        return directory.resolve(name);
    }

    private boolean isDirectory() {
        return Files.isDirectory(mount());
    }

    /** To read them: the directory that is mounted is its root, or what holds the file alone. */
    public RootTree tree() {
        return isDirectory()
                ? new RootTree(directory, name, List.of())
                : new RootTree(directory, ".", List.of());
    }

    /**
     * To write in them, while this is open.
     *
     * @throws LayerException if it is a single file
     */
    public RootWriter writer() throws IOException {
        if (!isDirectory()) throw new LayerException("extraction point is not a directory");
        return new RootWriter(Dir.open(mount()), StoreDirectory.IDS, this::close);
    }

    /**
     * Writes a single file as its container's root would: in place, so that the container sees it.
     *
     * @throws LayerException if it is no regular file
     */
    public void write(byte[] content) throws IOException {
        Isolated.as(
                StoreDirectory.IDS.rootUid(),
                StoreDirectory.IDS.rootGid(),
                directory,
                () -> {
                    // by O_PATH, which waits for nobody where it is a FIFO
                    try (var place = Fd.open(mount(), At.O_PATH)) {
                        if (!place.stat().isRegular()) {
                            throw new LayerException("what is mounted there is no regular file");
                        }
                        try (var file = Fd.open(place.path(), At.O_WRONLY | At.O_TRUNC)) {
                            file.write(content, 0, content.length);
                        }
                    }
                    return content;
                });
    }

    /**
     * Where a path leads in {@link #tree}.
     *
     * @param rest below what is mounted
     */
    public byte[] path(byte[] rest) {
        return isDirectory() ? rest : ("/" + name).getBytes(UTF_8);
    }

    /** Whether it is a single file, which has its own name. */
    public boolean isFile() {
        return !isDirectory();
    }

    /** Removes what an engine that was killed had mounted in such a directory. */
    static void recover(Path directory) throws IOException {
        try (var left = Files.newDirectoryStream(directory)) {
            for (var mount : left) remove(mount);
        }
    }

    private static void remove(Path mount) throws IOException {
        MountedRoot.detach(mount);
        Files.deleteIfExists(mount);
    }

    @Override
    public void close() throws IOException {
        remove(mount());
        Files.deleteIfExists(directory);
    }
}
