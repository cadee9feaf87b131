package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A running container's directory and what is where in it (OCI runtime-spec bundle.md; the rest is
 * ours and the monitor's). The runtime, as the container's root, must be able to search it: 0710,
 * of that root's group; nobody can list it.
 */
public record Bundle(String id, Path directory) {
    private static final String MOUNT = "mount-";

    public Path config() {
        return directory.resolve("config.json");
    }

    /** Where a file of the bundle is made, before it is mounted at its place. */
    public static Path beside(Path file) {
        return Path.of(file + "-made");
    }

    /** Where the root file system is mounted. */
    public Path rootfs() {
        return directory.resolve("rootfs");
    }

    /** Where it is mounted once more, with the container's own mounts in it. */
    public Path rootView() {
        return directory.resolve("rootfs-view");
    }

    /** A mount that keeps the container's user namespace. */
    public Path userNamespace() {
        return directory.resolve("user");
    }

    /** A mount that keeps the container's network namespace. */
    public Path networkNamespace() {
        return directory.resolve("network");
    }

    /** A mount that keeps the ipc namespace of another container that this one joins. */
    public Path ipcNamespace() {
        return directory.resolve("ipc");
    }

    /** A mount that keeps the process namespace of another container that this one joins. */
    public Path pidNamespace() {
        return directory.resolve("pidns");
    }

    /** Where /dev/shm is mounted, if other containers share it. */
    public Path shm() {
        return directory.resolve("shm");
    }

    /** Where the host's init program is mounted, if the container has one. */
    public Path init() {
        return directory.resolve("init");
    }

    /**
     * Where one of the kernel's file systems is mounted as the host has it, if the container is in
     * the host's namespace that it shows.
     */
    public Path kernel(String name) {
        return directory.resolve("kernel-" + name);
    }

    /**
     * Where one of the files that say who and where the container is is mounted, before it is moved
     * to its place in /etc.
     */
    public Path etc(String name) {
        return directory.resolve("etc-" + name);
    }

    /**
     * Where one of the container's volumes, binds and devices is mounted, before it is moved to its
     * target.
     */
    public Path mount(int number) {
        return directory.resolve(MOUNT + number);
    }

    /** All of those that there are. */
    public List<Path> mounts() throws IOException {
        try (var files = Files.newDirectoryStream(directory, MOUNT + "[0-9]*")) {
            var mounts = new ArrayList<Path>();
            files.forEach(mounts::add);
            return mounts;
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    Path pidFile() {
        return directory.resolve("pid");
    }

    Path monitorPidFile() {
        return directory.resolve("conmon.pid");
    }

    Path exitDirectory() {
        return directory.resolve("exit");
    }

    Path exitFile() {
        return exitDirectory().resolve(id);
    }

    /** The monitor makes it when the kernel's OOM killer has struck. */
    Path oomFile() {
        return directory.resolve("oom");
    }

    Path attachSocket() {
        return directory.resolve("attach");
    }

    Path controlFifo() {
        return directory.resolve("ctl");
    }
}
