package dev.rootbound.engine;

import static java.util.Objects.requireNonNull;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.Lease;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.Processes;
import dev.rootbound.linux.Undo;
import dev.rootbound.linux.UserNamespace;
import dev.rootbound.rootfs.InsideFiles;
import dev.rootbound.rootfs.RootView;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.BundleSpec;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.Monitor;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.ProcessSpec;
import dev.rootbound.runtime.RuntimeConfig;
import dev.rootbound.runtime.UserLookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/** The way of one run: from a container to its running process, or nothing. */
final class Start {
    static final int ACCOUNTS_LIMIT = 1 << 20;
    private static final MemoryFile.Owner HOST_ROOTS = new MemoryFile.Owner(0, 0, 0600);

    private final IdPool pool;
    private final Optional<IdMaps> remap;
    private final Joining joining;
    private final Snapshots snapshots;
    private final VolumeService volumes;
    private final NetworkService networks;
    private final Binds binds;
    private final Twins twins;
    private final Monitors monitors;
    private final SpecPlan plan;
    private final Host host;
    private final Path bundles;
    private final InstantSource clock;

    /**
     * @param remap the ids of all containers that ask for none of their own
     */
    Start(
            IdPool pool,
            Optional<IdMaps> remap,
            Joining joining,
            Snapshots snapshots,
            VolumeService volumes,
            NetworkService networks,
            Binds binds,
            Twins twins,
            Monitors monitors,
            SpecPlan plan,
            Host host,
            Path bundles,
            InstantSource clock) {
        this.pool = pool;
        this.remap = remap;
        this.joining = joining;
        this.snapshots = snapshots;
        this.volumes = volumes;
        this.networks = networks;
        this.binds = binds;
        this.twins = twins;
        this.monitors = monitors;
        this.plan = plan;
        this.host = host;
        this.bundles = bundles;
        this.clock = clock;
    }

    Bundle bundle(Container container) {
        return new Bundle(container.id(), bundles.resolve(container.id()));
    }

    /** A container that runs, and what it has. */
    record Started(Container container, ContainerEntry.Live live) {}

    /** With the entry's lock held. On failure everything is given back. */
    Started start(ContainerEntry entry, String architecture) throws IOException {
        var container = entry.container();
        try (var undo = new Undo()) {
            var lease = lease(container, bundle(container).directory().toString());
            undo.on(() -> release(lease, bundle(container)));
            Failpoint.reach("start.leased");
            undo.on(() -> volumes.ended(container));
            var bundle =
                    undo.on(new BundleDirectory(bundle(container)))
                            .make(lease.ids().rootGid())
                            .bundle();
            Failpoint.reach("start.directory-made");
            undo.on(() -> networks.ended(container));
            var stay = networks.begin(container, bundle);
            var root = undo.on(snapshots.mounted(bundle.rootfs()));
            var launching = new AtomicReference<Monitors.Launch>();
            var accounts = new AtomicReference<ProcessSpec.UserIds>();
            Together.all(
                    () -> {
                        var launch = undo.on(monitors.begin(bundle, streams(container)));
                        launching.set(launch);
                        Failpoint.reach("start.monitor-begun");
                        launch.leaveEngine();
                    },
                    () -> accounts.set(fill(entry, bundle, lease, root, architecture)));
            Failpoint.reach("start.configured");
            var launch = requireNonNull(launching.get());
            var user = requireNonNull(accounts.get());
            var monitor = created(container, launch, stay, bundle);
            Failpoint.reach("start.created");
            var running =
                    container
                            .starting()
                            .with(
                                    new ContainerState.Running(
                                            monitor.pid(),
                                            Processes.startTime(monitor.pid()).orElse(0L),
                                            clock.instant(),
                                            lease.kind()),
                                    lease.ids(),
                                    bundle.rootfs());
            Together.all(
                    () -> {
                        Together.all(
                                () -> prepare(container, monitor, lease.ids(), user),
                                () -> connect(entry, monitor));
                        Failpoint.reach("start.connected");
                        monitors.start(monitor);
                        Failpoint.reach("start.runs");
                    },
                    () -> {
                        StateFile.write(entry.directory, running);
                        Failpoint.reach("start.state-written");
                    });
            Failpoint.reach("start.done");
            undo.keep();
            launch.keep();
            return new Started(
                    running, new ContainerEntry.Live(lease, root, monitor, new CountDownLatch(1)));
        }
    }

    /**
     * Has the process made, and its network: beside it, unless the runtime makes that, too. It
     * waits to be started.
     */
    private Monitor created(Container container, Monitors.Launch launch, Stay stay, Bundle bundle)
            throws IOException {
        boolean pinned = Files.exists(bundle.networkNamespace());
        var created = new AtomicReference<Monitor>();
        Together.all(
                () -> created.set(launch.create()),
                () -> {
                    if (pinned) networks.connect(container, stay, bundle);
                });
        var monitor = requireNonNull(created.get());
        if (!pinned && !hasHostNetwork(container)) {
            pinNetwork(monitor, bundle);
            networks.connect(container, stay, bundle);
        }
        return monitor;
    }

    private Lease lease(Container container, String holder) throws IOException {
        var joined = joining.lease(container, holder);
        if (joined.isPresent()) return joined.get();
        var mode = container.spec().isolation().usernsMode();
        if (isHost(container)) return Lease.ofHost();
        if (UserNamespaceMap.is(mode)) return chosen(mode, holder);
        if (mode.isEmpty() && remap.isPresent()) return Lease.shared(remap.get());
        return pool.lease(holder);
    }

    private Lease chosen(String mode, String holder) throws IOException {
        try {
            return pool.lease(UserNamespaceMap.parse(mode), holder);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid("--userns " + mode + ": " + e.getMessage(), e);
        }
    }

    private static boolean isHost(Container container) {
        return UserNamespaceMode.isHost(container.spec().isolation().usernsMode());
    }

    /** All that the runtime needs in the bundle. */
    private ProcessSpec.UserIds fill(
            ContainerEntry entry,
            Bundle bundle,
            Lease lease,
            Snapshots.Root root,
            String architecture)
            throws IOException {
        var container = entry.container();
        var secrets = entry.secrets;
        Together.all(
                () -> namespaces(container, bundle, lease),
                () -> volumes.mount(container, lease.ids(), bundle),
                () -> networks.mountFiles(container, lease.ids(), bundle),
                () ->
                        snapshots.mount(
                                container.id(), container.layers(), lease.ids(), bundle.rootfs()));
        Failpoint.reach("start.mounted");
        root.refuseLinks(
                "dev", "proc", "sys"); // before each start: the container may have changed them
        var user = user(container, root, lease.ids(), container.spec().user());
        binds.mount(
                container,
                lease,
                named -> named.isEmpty() ? user : user(container, root, lease.ids(), named),
                bundle);
        var devices = HostDevices.find(container);
        HostDevices.mount(devices, lease.ids(), bundle, SpecPlan.firstDevice(container.spec()));
        if (container.spec().init()) mountInit(container, bundle);
        var process = plan.process(container, user, secrets.environment());
        var spec = plan.bundle(container, bundle, lease.ids(), process, devices, architecture);
        var mounts = new ArrayList<>(spec.mounts());
        int next = SpecPlan.firstDevice(container.spec()) + devices.size();
        mounts.addAll(mountSecrets(secrets.files(), lease.ids(), bundle, next));
        try (var view = root.view(lease.ids())) {
            var json = config(spec.mountedAt(left(mounts, view), view.path()));
            if (secrets.environment().isEmpty()) write(bundle, json);
            else MemoryFile.mount(bundle.config(), json, HOST_ROOTS, host.kernel());
        }
        return user;
    }

    /** Nothing is mounted below a file: they come after all else. */
    private List<BundleSpec.Mount> mountSecrets(
            List<Builds.Secrets.File> secrets, IdMaps ids, Bundle bundle, int first)
            throws IOException {
        var mounts = new ArrayList<BundleSpec.Mount>();
        for (var secret : secrets) {
            var at = bundle.mount(first + mounts.size());
            MemoryFile.mount(at, secret.content(), outside(secret.owner(), ids), host.kernel());
            mounts.add(SpecPlan.mounted(secret.target(), at));
        }
        return mounts;
    }

    private static MemoryFile.Owner outside(Builds.Owner owner, IdMaps ids) {
        var uid = ids.uids().toHost(owner.uid());
        var gid = ids.gids().toHost(owner.gid());
        if (uid.isEmpty() || gid.isEmpty()) {
            throw new EngineException.Invalid(
                    "a secret of "
                            + owner.uid()
                            + ":"
                            + owner.gid()
                            + ": a container has no such user and group");
        }
        return new MemoryFile.Owner(uid.getAsLong(), gid.getAsLong(), owner.mode());
    }

    /** Attaches what it can; the rest is the runtime's. */
    private static List<BundleSpec.Mount> left(List<BundleSpec.Mount> mounts, RootView view)
            throws IOException {
        if (mounts.stream().noneMatch(BundleSpec.Mount::isBind)) return mounts;
        var left = new ArrayList<BundleSpec.Mount>();
        for (var mount : mounts) {
            if (mount.isBind() && view.attach(Path.of(mount.source()), mount.target())) continue;
            if (!mount.isBind()) view.leave(mount.target());
            left.add(mount);
        }
        return left;
    }

    /** Ids that something may still run under are nobody else's. */
    void release(Lease lease, Bundle bundle) throws IOException {
        if (monitors.has(bundle)) {
            Files.createDirectories(bundle.directory()); // the claim holds as long as it is there
            throw new IOException(
                    "the runtime did not remove container "
                            + bundle.id()
                            + ": its ids "
                            + lease.ids().outsideText()
                            + " stay leased");
        }
        lease.close();
    }

    private void namespaces(Container container, Bundle bundle, Lease lease) throws IOException {
        var isolation = container.spec().isolation();
        if (!Joins.of(isolation).others().isEmpty()) {
            joining.pin(container, bundle);
        } else if (!isHost(container)) {
            namespaces(container, bundle, lease.ids());
        }
        HostNamespaces.mount(isolation, bundle);
        if (SpecPlan.sharesMemory(isolation) && Joins.of(isolation).ipc().isEmpty()) {
            shm(container, bundle, lease);
        }
    }

    private static void namespaces(Container container, Bundle bundle, IdMaps ids)
            throws IOException {
        try (var namespace = namespaces(container, ids)) {
            Files.createFile(bundle.userNamespace());
            namespace.pinUser(bundle.userNamespace());
            Failpoint.reach("start.user-pinned");
            if (hasHostNetwork(container)) return;
            namespace.loopbackUp();
            Files.createFile(bundle.networkNamespace());
            namespace.pinNetwork(bundle.networkNamespace());
        }
    }

    private static UserNamespace namespaces(Container container, IdMaps ids) throws IOException {
        var uids = ids.uids().procText();
        var gids = ids.gids().procText();
        return hasHostNetwork(container)
                ? UserNamespace.create(uids, gids)
                : UserNamespace.createWithNetwork(uids, gids);
    }

    private static boolean hasHostNetwork(Container container) {
        return HostNamespaces.isHost(container.spec().isolation().networkMode());
    }

    private Path initProgram(Container container) {
        return twins.program(container.id()).orElseGet(plan::initProgram);
    }

    /** Here, not by the runtime: the container's root could give what that mounts other flags. */
    private void mountInit(Container container, Bundle bundle) throws IOException {
        Files.createFile(bundle.init());
        try (var program = Fd.open(initProgram(container), At.O_PATH);
                var target = Fd.open(bundle.init(), At.O_PATH)) {
            long flags = Mounts.RDONLY | Mounts.NOSUID | Mounts.NODEV;
            Mounts.attach(program, target, Mounts.Changes.of(flags));
        }
    }

    /** For containers that will join: the runtime made it, in the user namespace of another. */
    private static void pinNetwork(Monitor monitor, Bundle bundle) throws IOException {
        Files.createFile(bundle.networkNamespace());
        Mounts.bind(Path.of("/proc/" + monitor.pid() + "/ns/net"), bundle.networkNamespace());
    }

    private static void shm(Container container, Bundle bundle, Lease lease) throws IOException {
        Files.createDirectory(bundle.shm());
        var ids = lease.ids();
        var options = "mode=1777,uid=" + ids.rootUid() + ",gid=" + ids.rootGid();
        Mounts.mount(
                "shm",
                bundle.shm().toString(),
                "tmpfs",
                Mounts.NOSUID | Mounts.NODEV | Mounts.NOEXEC,
                options + ",size=" + container.spec().shmSize());
    }

    ProcessSpec.UserIds user(Container container, InsideFiles root, IdMaps ids, String user)
            throws IOException {
        var lookup =
                new UserLookup(
                        root.read("etc/passwd", ACCOUNTS_LIMIT),
                        root.read("etc/group", ACCOUNTS_LIMIT),
                        ids);
        var found = lookup.find(user, container.spec().groupAdd());
        Policy.judge(container.spec(), user, found);
        return binds.withGroups(container.spec(), found, ids.insideEnd());
    }

    private byte[] config(BundleSpec spec) throws InvalidSpec {
        return JsonMapper.shared().writeValueAsBytes(RuntimeConfig.of(spec, host.kernel()));
    }

    private static void write(Bundle bundle, byte[] json) throws IOException {
        Files.createFile(
                bundle.config(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(bundle.config(), json);
    }

    private static Monitors.Streams streams(Container container) {
        var spec = container.spec();
        return new Monitors.Streams(
                spec.terminal(),
                spec.stdin(),
                spec.stdinOnce(),
                spec.logDriver() == ContainerSpec.LogDriver.NONE
                        ? Optional.empty()
                        : Optional.of(container.logFile()));
    }

    /**
     * Those who attached before the start miss nothing: it goes on when the monitor has all of
     * them.
     */
    private static void connect(ContainerEntry entry, Monitor monitor) throws IOException {
        if (entry.attachments.isEmpty()) {
            return;
        }
        int sockets = monitor.sockets();
        for (var attachment : entry.attachments) {
            if (attachment.connect(monitor)) {
                sockets++;
            }
        }
        monitor.awaitSockets(sockets);
    }

    /** Between create and start, while the process is still the runtime's. */
    private static void prepare(
            Container container, Monitor monitor, IdMaps ids, ProcessSpec.UserIds user)
            throws IOException {
        monitor.giveStreamsTo(
                ids.uids().toHost(user.uid()).orElseThrow(),
                ids.gids().toHost(user.gid()).orElseThrow());
        if (!container.spec().domainname().isEmpty()) {
            monitor.setDomainname(container.spec().domainname());
        }
    }
}
