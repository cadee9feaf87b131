package dev.rootbound.engine;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.linux.Mounts;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of a bundle that is on a file system of its own, in memory: whatever the run directory is
 * on, it is on no disk, and gone when it is unmounted.
 */
final class MemoryFile {
    /** Its name in that file system. */
    static final byte[] NAME = "node".getBytes(StandardCharsets.US_ASCII);

    /** The first whose tmpfs can be kept out of swap space, tmpfs(5). */
    private static final KernelVersion NEVER_SWAPPED = new KernelVersion(6, 4);

    private static final long BLOCK = 4096;

    private MemoryFile() {}

    /** How the file is made, in the directory where it has {@link #NAME}. */
    interface Making {
        void in(Dir directory) throws IOException;
    }

    /** Mounts it at a path that does not exist yet. */
    static void mount(Path target, String options, long flags, Making making) throws IOException {
        Files.createFile(target);
        var made = Bundle.beside(target);
        Files.createDirectory(made);
        Mounts.mount("rootbound", made.toString(), "tmpfs", Mounts.NOSUID, options + ",mode=700");
        try (var dir = Dir.open(made)) {
            making.in(dir);
            try (var file = dir.openName(NAME, At.O_PATH, 0);
                    var at = Fd.open(target, At.O_PATH)) {
                Mounts.attach(file, at, Mounts.Changes.of(flags));
            }
        }
        Mounts.detach(made);
        Files.delete(made);
    }

    /** Mounts one with this content, to be read only. */
    static void mount(Path target, byte[] content, Owner owner, KernelVersion kernel)
            throws IOException {
        long blocks = content.length / BLOCK + 4; // the directory has some, too
        var kept = kernel.isAtLeast(NEVER_SWAPPED) ? ",noswap" : "";
        long flags = Mounts.RDONLY | Mounts.NOSUID | Mounts.NODEV | Mounts.NOEXEC;
        mount(
                target,
                "size=" + blocks * BLOCK + kept,
                flags,
                directory -> {
                    Files.write(directory.fd().path().resolve(name()), content);
                    directory.chown(NAME, owner.uid, owner.gid);
                    directory.chmod(NAME, owner.mode);
                });
    }

    private static String name() {
        return new String(NAME, StandardCharsets.US_ASCII);
    }

    /** Mode and owner on the host. */
    record Owner(long uid, long gid, int mode) {}
}
