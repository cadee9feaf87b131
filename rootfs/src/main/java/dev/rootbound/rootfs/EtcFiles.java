package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The files of containers that their engine writes, such as {@code /etc/hosts}: in the store, owned
 * by the foreign range, and mounted one by one under a container's lease, whose root may write in
 * them but not put anything else in their place. They are written in place, so that a container
 * that runs sees it.
 */
public final class EtcFiles {
    private static final String FILES = "etc";

    /** hosts(5). */
    public static final String HOSTS = "hosts";

    /** hostname(5). */
    public static final String HOSTNAME = "hostname";

    /** resolv.conf(5). */
    public static final String RESOLVER = "resolv.conf";

    /** Their names in /etc. */
    public static final List<String> NAMES = List.of(HOSTS, HOSTNAME, RESOLVER);

    private static final int MODE = 0644;
    private static final int MOST_BYTES = 1 << 20;

    private final Path files;

    /**
     * @param store the closed directory that {@link OverlaySnapshots} has too
     */
    public EtcFiles(Path store) throws IOException {
        this.files = store.resolve(FILES);
        try (var dir = Dir.open(store)) {
            StoreDirectory.make(dir, FILES, 0700);
        }
    }

    /** Where a container's file is; only the engine can look. */
    public Path path(String container, String name) {
        return files.resolve(container).resolve(name);
    }

    /** Writes a file of a container, which is made if it is not there. */
    public void write(String container, String name, String text) throws IOException {
        write(container, name, text.getBytes(UTF_8));
    }

    /** The same with any content. */
    public void write(String container, String name, byte[] content) throws IOException {
        try (var all = Dir.open(files)) {
            StoreDirectory.make(all, container, 0700);
            try (var dir = all.dir(Bytes.of(container))) {
                dir.openName(Bytes.of(name), At.O_WRONLY | At.O_CREAT, MODE).close();
                dir.chown(
                        Bytes.of(name), StoreDirectory.IDS.rootUid(), StoreDirectory.IDS.rootGid());
                dir.chmod(Bytes.of(name), MODE);
            }
        }
        Files.write(path(container, name), content, StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static void make(Dir dir, String name) throws IOException {
        dir.openName(Bytes.of(name), At.O_WRONLY | At.O_CREAT, MODE).close();
        dir.chown(Bytes.of(name), StoreDirectory.IDS.rootUid(), StoreDirectory.IDS.rootGid());
        dir.chmod(Bytes.of(name), MODE);
    }

    /** Has a layer of empty ones, where they are mounted if an image has none of its own. */
    static void makePlaces(Dir layer) throws IOException {
        StoreDirectory.make(layer, "etc", 0755);
        try (var etc = layer.dir(Bytes.of("etc"))) {
            for (var name : NAMES) make(etc, name);
        }
    }

    /**
     * What is in it, which the container may have written.
     *
     * @throws IOException if it is not there, or larger than any honest one
     */
    public String read(String container, String name) throws IOException {
        try (var in = Files.newInputStream(path(container, name))) {
            var bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length <= MOST_BYTES) return new String(bytes, UTF_8);
            throw new IOException(
                    path(container, name) + " has more than " + MOST_BYTES + " bytes");
        }
    }

    /**
     * Mounts files of a container, nosuid, nodev and id-mapped (Linux 5.12).
     *
     * @param targets by name: paths outside of the container's control, that are made
     */
    public void mount(String container, IdMaps ids, Map<String, Path> targets) throws IOException {
        var how = Mounts.Changes.of(Mounts.NOSUID | Mounts.NODEV);
        try (var namespace = StoreDirectory.seenAs(ids)) {
            for (var each : targets.entrySet()) {
                Files.createFile(each.getValue());
                try (var from = Fd.open(path(container, each.getKey()), At.O_PATH);
                        var to = Fd.open(each.getValue(), At.O_PATH)) {
                    Mounts.attach(from, to, how.seenThrough(namespace.user()));
                }
            }
        }
    }

    /** Removes those of a container; nothing there is fine. */
    public void remove(String container) throws IOException {
        try (var all = Dir.open(files)) {
            all.removeTree(Bytes.of(container));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) throw e;
        }
    }

    /** The containers that have any. */
    public List<String> list() throws IOException {
        try (var all = Dir.open(files)) {
            return all.names().stream().map(Bytes::text).toList();
        }
    }
}
