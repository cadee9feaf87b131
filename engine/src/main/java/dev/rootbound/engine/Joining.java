package dev.rootbound.engine;

import dev.rootbound.idmap.Lease;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.MountTable;
import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.Processes;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The namespaces of other containers that one joins at its start: pinned in its own bundle. */
final class Joining {
    private final Containers containers;

    Joining(Containers containers) {
        this.containers = containers;
    }

    /**
     * The lease of those that a container joins; empty if it joins none.
     *
     * @param holder of the new handle, see {@link Lease#share}
     */
    Optional<Lease> lease(Container container, String holder) throws IOException {
        var others = Joins.of(container.spec().isolation()).others();
        if (others.isEmpty()) return Optional.empty();
        var first = live(container, others.getFirst());
        for (var id : others) {
            if (!haveOne(first, live(container, id))) {
                throw new EngineException.Invalid(
                        "containers "
                                + id
                                + " and "
                                + others.getFirst()
                                + " have different user namespaces: one container cannot join both;"
                                + " start one of them with --userns container: the other");
            }
        }
        try {
            return Optional.of(first.lease().share(holder));
        } catch (IllegalStateException e) { // it has ended meanwhile
            throw notRunning(others.getFirst());
        }
    }

    /** Containers with the same ids may have different user namespaces: --userns-remap. */
    private static boolean haveOne(ContainerEntry.Live one, ContainerEntry.Live other)
            throws IOException {
        if (!one.lease().ids().equals(other.lease().ids())) return false;
        if (one.lease().kind() == Lease.Kind.HOST) return other.lease().kind() == Lease.Kind.HOST;
        return one.lease().kind() == other.lease().kind()
                && inode(one.monitor().bundle()).equals(inode(other.monitor().bundle()));
    }

    private static Object inode(Bundle bundle) throws IOException {
        return Files.getAttribute(bundle.userNamespace(), "unix:ino");
    }

    /** Of a container of the same tenant that runs. */
    private ContainerEntry.Live live(Container container, String id) {
        var live = containers.find(container.tenant(), id).live();
        if (live == null) throw notRunning(id);
        return live;
    }

    private static EngineException notRunning(String id) {
        return new EngineException.Conflict(
                "cannot join the namespaces of a non running container: " + id);
    }

    /** Pins what is joined; the network namespace only if it is. */
    void pin(Container container, Bundle bundle) throws IOException {
        var joins = Joins.of(container.spec().isolation());
        var first = bundle(container, joins.others().getFirst());
        boolean hosts = UserNamespaceMode.isHost(container.spec().isolation().usernsMode());
        if (!hosts) pin(first.userNamespace(), bundle.userNamespace());
        if (!joins.network().isEmpty()) {
            var other = bundle(container, joins.network());
            pin(other.networkNamespace(), bundle.networkNamespace());
        }
        if (!joins.pid().isEmpty()) pin(container, joins.pid(), "pid", bundle.pidNamespace());
        if (!joins.ipc().isEmpty()) {
            pin(container, joins.ipc(), "ipc", bundle.ipcNamespace());
            shm(container, joins.ipc(), bundle);
        }
    }

    private Bundle bundle(Container container, String id) {
        return live(container, id).monitor().bundle();
    }

    private static void pin(Path mount, Path file) throws IOException {
        try (var namespace = mounted(mount)) {
            Files.createFile(file);
            Mounts.bind(namespace.path(), file);
        }
    }

    /** When its container has ended there is a plain file for a moment, which must not be taken. */
    private static Fd mounted(Path mount) throws IOException {
        var fd = Fd.open(mount, At.O_PATH);
        var at = MountTable.read().of(fd).map(MountLine::path);
        if (at.filter(mount.toString()::equals).isPresent()) return fd;
        fd.close();
        throw new EngineException.Conflict("cannot join: " + mount + " is not mounted any more");
    }

    private void pin(Container container, String id, String type, Path file) throws IOException {
        long pid = live(container, id).monitor().pid();
        try (var namespace = Fd.open(Path.of("/proc/" + pid + "/ns/" + type), At.O_RDONLY)) {
            // another process's, if that container has ended and its pid was given away
            var state = containers.find(container.tenant(), id).container().state();
            boolean same =
                    state instanceof ContainerState.Running running
                            && running.pid() == pid
                            && Processes.startTime(pid).orElse(-1L) == running.startTime();
            if (!same) throw notRunning(id);
            Files.createFile(file);
            Mounts.bind(namespace.path(), file);
        }
    }

    private void shm(Container container, String id, Bundle bundle) throws IOException {
        var other = bundle(container, id).shm();
        if (!Files.exists(other)) {
            throw new EngineException.Conflict(
                    "non-shareable IPC of container "
                            + id
                            + ": start that one with --ipc shareable");
        }
        Files.createDirectory(bundle.shm());
        try (var from = mounted(other);
                var to = Fd.open(bundle.shm(), At.O_PATH)) {
            Mounts.attach(from, to, Mounts.Changes.of(Mounts.NOSUID | Mounts.NODEV));
        }
    }
}
