package dev.rootbound.engine;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Mounts;
import dev.rootbound.rootfs.EtcFiles;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A bundle's directory with its mount points; given back, the namespaces' pins and the directory
 * are gone.
 */
record BundleDirectory(Bundle bundle) implements AutoCloseable {
    /** The runtime, as the container's root, searches it; no user of the host gets in. */
    private static final String SEARCH_ONLY = "rwx--x---";

    /**
     * @param gid on the host, of the container's root
     */
    BundleDirectory make(long gid) throws IOException {
        Files.createDirectory(
                bundle.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(bundle.directory(), "unix:gid", (int) gid);
        // as its own step: the umask does not apply
        Files.setPosixFilePermissions(
                bundle.directory(), PosixFilePermissions.fromString(SEARCH_ONLY));
        Files.createDirectory(bundle.rootfs());
        return this;
    }

    @Override
    public void close() throws IOException {
        unpin(bundle.rootView()); // unmounted already, unless that failed
        unpin(bundle.rootfs());
        unpin(bundle.userNamespace());
        unpin(bundle.networkNamespace());
        unpin(bundle.ipcNamespace());
        unpin(bundle.pidNamespace());
        unpin(bundle.shm());
        unpin(bundle.init());
        unpin(bundle.config());
        unpin(Bundle.beside(bundle.config()));
        for (var kernel : HostNamespaces.Kernel.values()) unpin(kernel.in(bundle));
        for (var name : EtcFiles.NAMES) unpin(bundle.etc(name));
        for (var mount : bundle.mounts()) unpin(mount); // else the volume would be emptied below
        var parent = bundle.directory().getParent();
        if (parent != null && Files.exists(bundle.directory())) {
            try (var dir = Dir.open(parent)) {
                dir.removeTree(
                        String.valueOf(bundle.directory().getFileName())
                                .getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void unpin(Path file) throws IOException {
        try {
            Mounts.detach(file);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) { // never pinned
                throw e;
            }
        }
    }
}
