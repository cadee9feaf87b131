package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Lease;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.MountTable;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.ProcessSpec.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files of the host in containers. Each source is opened with its caller's own rights, and from
 * then on meant by its descriptor; it is opened anew for each start.
 */
final class Binds {
    /** Whoever may write to one of these is root on the host. */
    private static final Set<String> ENGINES =
            Set.of(
                    "docker.sock",
                    "podman.sock",
                    "containerd.sock",
                    "crio.sock",
                    "cri-dockerd.sock",
                    "buildkitd.sock",
                    "nerdctl.sock",
                    "lxd.socket",
                    "unix.socket");

    private final Policy policy;
    private final AuditLog audit;
    private final PermanentBlocks blocks;
    private final HostMounts mounts;
    private final Set<String> sockets;

    /**
     * @param sockets the engine's own, which a container may have
     */
    Binds(
            Policy policy,
            AuditLog audit,
            PermanentBlocks blocks,
            HostMounts mounts,
            Set<Path> sockets)
            throws IOException {
        this.policy = policy;
        this.audit = audit;
        this.blocks = blocks;
        this.mounts = mounts;
        this.sockets = new HashSet<>();
        for (var socket : sockets) this.sockets.add(text(real(socket)));
    }

    /** It is made after this. */
    private static Path real(Path socket) throws IOException {
        var parent = socket.getParent();
        if (parent == null || !Files.exists(parent)) return socket;
        return parent.toRealPath().resolve(socket.getFileName());
    }

    /** A char a byte, as {@link HostPath#real}. */
    private static String text(Path path) {
        return HostPaths.bytes(path.toString());
    }

    /** The ids inside of a user that is named {@code user[:group]}; empty: the container's own. */
    interface Users {
        UserIds find(String user) throws IOException;
    }

    /**
     * A source that was opened.
     *
     * @param path as {@link HostPath#real} tells it
     */
    private record Source(Fd fd, Stat stat, String path) implements AutoCloseable {
        boolean isSocket() {
            return (stat.mode() & Stat.TYPE) == Stat.SOCKET;
        }

        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        @Override
        public void close() {
            fd.close();
        }
    }

    /** What a new container asks for, with what was found there, and a sentence for what is odd. */
    record Checked(List<BindMount> binds, List<String> warnings) {}

    /**
     * Opens what a new container asks for, once: what is missing is made or refused now, and what
     * is there is what every start opens.
     *
     * @return with a sentence for each source that the container will be a stranger in
     */
    Checked check(ContainerSpec spec) throws IOException {
        boolean host = UserNamespaceMode.isHost(spec.isolation().usernsMode());
        var binds = new ArrayList<BindMount>();
        var warnings = new ArrayList<String>();
        for (var bind : spec.binds()) {
            try (var source = open(bind)) {
                var found = new BindMount.Found(source.path(), source.stat().uid());
                binds.add(bind.found() == null ? bind.at(found) : bind);
                // who connects to ours is known by its ids, whoever owns the file
                if (host || isOwnSocket(source)) continue;
                var ids = ids(bind, source);
                if (ids.whose() == BindIds.Whose.STRANGERS) {
                    warnings.add(stranger(bind, source.stat()));
                }
                var groups = ids.groupsWarning();
                if (!groups.isEmpty() && !warnings.contains(groups)) warnings.add(groups);
            }
        }
        return new Checked(binds, warnings);
    }

    private static String stranger(BindMount bind, Stat source) {
        var owner = source.uid() == 0 ? "host root" : "uid " + source.uid();
        return bind.source()
                + " belongs to "
                + owner
                + ", which is nobody in the container: it can read there what everybody can, and"
                + " write nothing; use a named volume or a directory of an ordinary user, or give"
                + " it to root's containers: rootbound adopt "
                + bind.source();
    }

    /** Mounts a container's, beside its root. */
    void mount(Container container, Lease lease, Users users, Bundle bundle) throws IOException {
        var volumes = container.spec().volumes();
        for (int i = 0; i < volumes.size(); i++) {
            var bind = ofVolume(volumes.get(i));
            if (bind != null) mount(container, bind, bundle.mount(i), lease, users);
        }
        var binds = container.spec().binds();
        for (int i = 0; i < binds.size(); i++) {
            var target = bundle.mount(volumes.size() + i);
            mount(container, binds.get(i), target, lease, users);
            Failpoint.reach("start.bound");
        }
    }

    /** A volume that is a directory of the host; {@code null}: it is none. */
    static @Nullable BindMount ofVolume(VolumeMount mount) {
        var bind = mount.bind();
        return bind == null || !mount.readOnly()
                ? bind
                : bind.withAccess(HostMounts.Access.NOTHING);
    }

    /** Opens a directory for who makes a volume of it, as every start will. */
    BindMount found(BindMount asked) throws IOException {
        try (var source = open(asked)) {
            return asked.at(new BindMount.Found(source.path(), source.stat().uid()));
        }
    }

    /**
     * Mounts one as its container has it, at a path that does not exist yet, without what the
     * container may write as somebody's group alone: the engine's own rights would go further.
     */
    void mountAlone(Container container, BindMount bind, Path target, IdMaps ids, Users users)
            throws IOException {
        if (UserNamespaceMode.isHost(container.spec().isolation().usernsMode())) {
            mountHosts(container, bind, target, ids);
            return;
        }
        try (var source = open(bind)) {
            var seen = isOwnSocket(source) ? null : seen(bind, source, ids, users);
            if (seen != null) audit("copy", container, bind, source);
            mount(bind, source, target, seen == null ? null : seen.withoutOutsiders());
        }
    }

    /** As a container with the ids of the host has it: as on disk, to the store's last id. */
    private void mountHosts(Container container, BindMount bind, Path target, IdMaps ids)
            throws IOException {
        if (!caller(bind).isHostRoot()) {
            throw new EngineException.Denied(
                    TextRule.shown(bind.source())
                            + " is the host's in a container of --userns host, in which only host"
                            + " root copies as root: copy it there, as who may");
        }
        try (var source = open(bind)) {
            audit.record(
                    AuditLog.Subject.of("copy", caller(bind), container),
                    policy.hostIds(caller(bind), container.spec()));
            var hosts = IdMap.of(new IdRange(0, IdPool.BLOCK));
            var seen = new HostMounts.Ids(hosts, hosts, ids, List.of());
            mount(bind, source, target, isOwnSocket(source) ? null : seen);
        }
    }

    private void mount(Container container, BindMount bind, Path target, Lease lease, Users users)
            throws IOException {
        try (var source = open(bind)) {
            boolean asOnDisk = isOwnSocket(source) || lease.kind() == Lease.Kind.HOST;
            if (!asOnDisk) audit("start", container, bind, source);
            mount(bind, source, target, asOnDisk ? null : seen(bind, source, lease.ids(), users));
        }
    }

    private void audit(String what, Container container, BindMount bind, Source source)
            throws IOException {
        if (ids(bind, source).whose() != BindIds.Whose.ROOTS) return;
        audit.record(
                AuditLog.Subject.of(what, caller(bind), container),
                policy.ownerOf(caller(bind), bind.source()).stream().toList());
    }

    private void mount(BindMount bind, Source source, Path target, HostMounts.@Nullable Ids seen)
            throws IOException {
        var caller = caller(bind);
        var access = isOwnSocket(source) ? HostMounts.Access.NOTHING : bind.access();
        var view = new HostMounts.View(target, access, bind.below(), seen);
        try {
            mounts.mount(source.fd(), BindIds.credentials(caller), view);
        } catch (ErrnoException e) {
            if (e.call().equals("mount_setattr")) throw cannotBeMapped(bind, source.fd(), e);
            throw e;
        }
    }

    private HostMounts.Ids seen(BindMount bind, Source source, IdMaps container, Users users)
            throws IOException {
        var ids = ids(bind, source);
        var user = users.find(bind.owner().user());
        return new HostMounts.Ids(
                ids.uids(user, IdPool.BLOCK),
                ids.gids(user, container.insideEnd()),
                container,
                ids.outsiders());
    }

    private BindIds ids(BindMount bind, Source source) throws IOException {
        var caller = caller(bind);
        var ids = BindIds.of(bind, caller, source.stat(), blocks.of(caller.tenant()));
        boolean owner = ids.mayBeRoots() && policy.ownerOf(caller, bind.source()).isPresent();
        return owner ? ids.asRoot() : ids;
    }

    private static Caller caller(BindMount bind) {
        return Objects.requireNonNull(bind.caller(), "it is filled in when a container is created");
    }

    private static EngineException cannotBeMapped(BindMount bind, Fd source, ErrnoException e)
            throws IOException {
        var type = MountTable.read().of(source).map(MountLine::type).orElse("unknown");
        var why =
                e.errno() == Errno.EPERM
                        ? "its ids are mapped already"
                        : "a file system of type " + type + " does not map ids";
        return new EngineException.Invalid(
                "bind "
                        + bind.source()
                        + ": "
                        + why
                        + ", so the container would have ids of the host there; use a named volume"
                        + " and docker cp, or a directory on ext4, xfs, btrfs or tmpfs",
                e);
    }

    /** A process's groups, with those through which it has its caller's. */
    UserIds withGroups(ContainerSpec spec, UserIds user, long size) {
        var groups = new LinkedHashSet<>(user.additionalGids());
        var binds = new ArrayList<>(spec.binds());
        for (var mount : spec.volumes()) if (mount.bind() != null) binds.add(mount.bind());
        for (var bind : binds) {
            if (!bind.owner().isBlock()) groups.addAll(BindIds.insideGroups(caller(bind), size));
        }
        return new UserIds(user.uid(), user.gid(), List.copyOf(groups), user.home());
    }

    /**
     * Opens a socket for who connects to it: whoever may mount it may.
     *
     * @param closed told when it is
     */
    HostSocket socket(Caller caller, String path, Runnable closed) throws IOException {
        if (!path.startsWith("/")) {
            throw new EngineException.Invalid(TextRule.shown(path) + " is no absolute path");
        }
        var mount = BindMount.of(path, "", HostMounts.Access.NOTHING).by(caller);
        var user = BindIds.credentials(caller);
        Fd fd;
        try {
            fd = HostPath.open(Path.of(path), user);
        } catch (ErrnoException e) {
            throw refused("socket", mount, e);
        }
        var source = judged(mount, fd);
        if (source.isSocket()) return new HostSocket(source.fd(), user, closed);
        source.close();
        throw new EngineException.Invalid(TextRule.shown(path) + " is no socket");
    }

    private Source open(BindMount bind) throws IOException {
        return judged(bind, opened(bind));
    }

    /** Closes what is refused. */
    private Source judged(BindMount bind, Fd fd) throws IOException {
        try {
            var source = new Source(fd, fd.stat(), HostPath.real(fd));
            policy.judge(caller(bind), bind, source.path(), () -> names(bind, source));
            refuseClosed(bind, source);
            return source;
        } catch (ErrnoException e) { // FUSE lets nobody look but its user
            fd.close();
            throw refused(bind, e);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** What other containers have now is no matter of the host's. */
    private List<String> names(BindMount bind, Source source) throws IOException {
        return HostNames.others(source.fd(), source.path(), bind.below(), mounts::isOwn);
    }

    /** Where a start would find a source, for a user of the host. */
    HostNames names(BindMount bind, Credentials user) throws IOException {
        var path = Path.of(bind.source());
        return HostNames.find(path, bind.below(), at -> HostPath.open(at, user), mounts::isOwn);
    }

    private Fd opened(BindMount bind) throws IOException {
        var user = BindIds.credentials(caller(bind));
        var found = bind.found();
        try {
            return found == null
                    ? HostPath.open(Path.of(bind.source()), user)
                    : HostPath.openReal(found.path(), user);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) throw refused(bind, e);
            if (found == null) return missing(bind, Path.of(bind.source()));
            throw new EngineException.Invalid(
                    "bind "
                            + TextRule.shown(bind.source())
                            + ": it is not there any more; make it, or create the container again",
                    e);
        }
    }

    private Fd missing(BindMount bind, Path path) throws IOException {
        if (!bind.makeSource()) {
            throw new EngineException.Invalid(
                    "invalid mount config for type \"bind\": bind source path does not exist: "
                            + TextRule.shown(bind.source()));
        }
        var caller = caller(bind);
        if (caller.leased()) {
            throw new EngineException.Denied(
                    "bind "
                            + TextRule.shown(bind.source())
                            + ": it does not exist on the host, and a caller in a container makes"
                            + " nothing there; use a named volume");
        }
        policy.judge(caller, bind, text(path), List::of); // and again where it is, when it is there
        try {
            if (!caller.isHostRoot()) return HostPath.make(path, BindIds.credentials(caller));
            var block = blocks.of(caller.tenant());
            return HostPath.make(
                    path, block.uids().getFirst().first(), block.gids().getFirst().first());
        } catch (ErrnoException e) {
            throw refused(bind, e);
        }
    }

    private static EngineException refused(BindMount bind, ErrnoException e) {
        return refused("bind", bind, e);
    }

    private static EngineException refused(String what, BindMount bind, ErrnoException e) {
        var message =
                what
                        + " "
                        + TextRule.shown(bind.source())
                        + " as uid "
                        + caller(bind).uid()
                        + ": "
                        + e.getMessage();
        return switch (e.errno()) {
            case Errno.EACCES, Errno.EPERM -> new EngineException.Denied(message);
            case Errno.ELOOP ->
                    new EngineException.Invalid(
                            message
                                    + "; links of /proc are not followed, nor any that was made"
                                    + " since the container was created",
                            e);
            default -> new EngineException.Invalid(message, e);
        };
    }

    private void refuseClosed(BindMount bind, Source source) {
        if (isOwnSocket(source)) return;
        if (mounts.isOwn(source.path())) {
            throw new EngineException.Denied(
                    "bind "
                            + TextRule.shown(bind.source())
                            + ": the engine's own files are not for containers");
        }
        boolean roots = source.isSocket() && source.stat().uid() == 0;
        if (roots && ENGINES.contains(source.name())) {
            throw new EngineException.Denied(
                    "bind "
                            + TextRule.shown(bind.source())
                            + ": whoever may use this engine's socket is root on the host; mount"
                            + " this engine's own, on which a container is its tenant");
        }
    }

    private boolean isOwnSocket(Source source) {
        return source.isSocket() && sockets.contains(source.path());
    }
}
