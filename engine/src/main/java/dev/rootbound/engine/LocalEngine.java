package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import dev.rootbound.image.TarException;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Undo;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.rootfs.LayerException;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.LogChanges;
import dev.rootbound.runtime.Signals;
import dev.rootbound.runtime.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine of this host. It translates what fails below it into {@link EngineException}, once,
 * here.
 */
public final class LocalEngine implements Engine {
    /** A start takes a tenth of a second, and ten on a host that is very busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration COUNTED = Duration.ofSeconds(5);

    private final EngineParts parts;
    private final Containers containers = new Containers();
    private final EventLog events;
    private final Policy policy;
    private final AuditLog audit;
    private final Peers peers;
    private final Lookup lookup;
    private final DiskUse disk;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final TenantLimiter limiter;
    private final Life life;
    private final Execs execs;
    private final LogChanges logChanges = new LogChanges();
    private final InFlight inFlight = new InFlight();
    private final Recovery recovery;
    private final Usage usage;
    private final ImageService images;
    private final VolumeService volumes;
    private final NetworkService networks;
    private final Binds binds;
    private final Twins twins = new Twins();
    private final Attacks attacks;
    private final TransferService transfers;
    private final EngineFacts facts;
    private final RootFiles files;
    private final ImageFiles imageFiles;
    private final Housekeeping housekeeping;
    private final BuildService builds;
    private final Evidence evidence;
    private final Permits permits;
    private final Path directories;

    private LocalEngine(EngineParts parts) throws IOException {
        this.parts = parts;
        this.events = new EventLog(parts.clock(), this::reachesHost);
        this.directories = parts.root().resolve("containers");
        var users = new HostUsers(parts.etc(), parts.clock());
        this.policy = new Policy(parts.host(), users, parts.policy());
        this.audit = new AuditLog(parts.root().resolve("audit"), users, parts.clock());
        var remap = Optional.ofNullable(parts.remap()).map(Remap::ids);
        this.peers =
                new Peers(
                        containers,
                        parts.pool(),
                        remap,
                        users,
                        () -> parts.policy().get().clients());
        this.lookup = new Lookup(containers, users, policy);
        this.disk =
                new DiskUse(
                        new TenantTrees(
                                containers,
                                parts.snapshots(),
                                this::volumeService,
                                this::imageService,
                                this::buildService),
                        parts.clock());
        this.limiter =
                new TenantLimiter(
                        () -> parts.policy().get().tenants(),
                        containers,
                        users,
                        parts.pool().size(),
                        disk);
        var plan = new SpecPlan(parts.host(), InitProgram.find(parts.environment()));
        var blocks = new PermanentBlocks(parts.etc(), users, parts.pool()::isLeased);
        this.binds = new Binds(policy, audit, blocks, parts.hostMounts(), parts.sockets());
        this.volumes = new VolumeService(parts, binds, events, limiter::memory);
        this.networks = new NetworkService(parts, containers, lookup, policy, inFlight, events);
        var start =
                new Start(
                        parts.pool(),
                        remap,
                        new Joining(containers),
                        parts.snapshots(),
                        volumes,
                        networks,
                        binds,
                        twins,
                        parts.monitors(),
                        plan,
                        parts.host(),
                        parts.run().resolve("c"),
                        parts.clock());
        this.images =
                new ImageService(
                        parts,
                        events,
                        () -> containers.all().stream().map(ContainerEntry::container).toList());
        this.execs =
                new Execs(
                        parts.monitors(),
                        plan,
                        start,
                        lookup,
                        policy,
                        audit,
                        events,
                        this::newId,
                        parts.clock());
        var freezer = new Freezer(inFlight, events);
        this.usage = new LocalUsage(lookup, freezer, policy, inFlight, events, parts.clock());
        this.life =
                new Life(
                        containers,
                        start,
                        parts.monitors(),
                        parts.snapshots(),
                        images,
                        volumes,
                        networks,
                        freezer,
                        events,
                        parts.clock(),
                        inFlight,
                        new HealthProbes(
                                execs,
                                inFlight,
                                events,
                                parts.clock(),
                                parts.host().unifiedCgroups()),
                        this::judgeAgain,
                        limiter);
        this.recovery =
                new Recovery(parts, containers, volumes, networks, life, start, directories);
        this.facts = new EngineFacts(parts);
        var registries = new TransferService(parts, images, policy, limiter, events);
        this.transfers = registries;
        var staging = parts.run().resolve("staging");
        var mounts =
                new MountFiles(volumes, binds, networks.etc(), start, parts.snapshots(), staging);
        this.files =
                new RootFileService(
                        lookup, start, parts.snapshots(), mounts, networks.etc(), limiter, events);
        this.imageFiles =
                new ImageFileService(
                        parts,
                        lookup,
                        images,
                        new ContainerCommit(parts, freezer, inFlight, events),
                        limiter,
                        events);
        this.housekeeping =
                new HousekeepingService(lookup, parts.snapshots(), life, images, events);
        this.builds =
                new BuildService(
                        parts,
                        lookup,
                        life,
                        images,
                        registries,
                        limiter,
                        inFlight,
                        events,
                        blocks,
                        binds,
                        volumes,
                        this::createStep);
        this.permits = new LocalPermits(policy, users, binds::names, this::completeIfKnown);
        this.attacks =
                new Attacks(this, lookup, twins, parts.snapshots(), parts.root(), parts.random());
        this.evidence =
                new LocalEvidence(
                        containers,
                        lookup,
                        parts.snapshots(),
                        parts.run().resolve("c"),
                        FileClaims.SHARED,
                        attacks);
    }

    /**
     * Opens the engine on its directories; what an earlier one left running is found again, what it
     * left half done is removed.
     */
    public static LocalEngine open(EngineParts parts) throws IOException {
        parts.host().check();
        Files.createDirectories(parts.root().resolve("containers"), closed());
        Files.createDirectories(parts.run().resolve("c"));
        Files.setPosixFilePermissions(
                parts.run().resolve("c"), PosixFilePermissions.fromString("rwx--x--x"));
        var engine = new LocalEngine(parts);
        engine.recovery.run();
        engine.limiter.recall();
        engine.attacks.sweep();
        engine.countDisk();
        return engine;
    }

    /** What tenants have on disk is counted beside all else, until the engine is closed. */
    private void countDisk() {
        Thread.ofPlatform()
                .name("disk-use")
                .daemon()
                .start(() -> {
                    try {
                        while (!closed.await(COUNTED.toMillis(), TimeUnit.MILLISECONDS)) {
                            disk.refresh();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private boolean reachesHost(Container container) {
        return lookup.reachesHost(container);
    }

    private VolumeService volumeService() {
        return volumes;
    }

    private ImageService imageService() {
        return images;
    }

    private BuildService buildService() {
        return builds;
    }

    private void refuseFull(Caller caller, String what) {
        perform(what, () -> limiter.refuseFull(caller.tenant(), what));
    }

    static java.nio.file.attribute.FileAttribute<?> closed() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    private String newId() {
        return RandomId.next(parts.random());
    }

    /** Something that fails as the layers below do. */
    interface Attempt<T extends @Nullable Object> {
        T run() throws IOException;
    }

    static <T extends @Nullable Object> T attempt(String what, Attempt<T> action) {
        try {
            return action.run();
        } catch (EngineException e) {
            throw e;
        } catch (StartFailure e) {
            var message = String.valueOf(e.getMessage());
            throw e.isOfProgram()
                    ? new EngineException.Invalid(message, e)
                    : new EngineException.Failed(message, e);
        } catch (LayerException | InvalidSpec | TarException | MalformedException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException.Failed(what + ": " + reason(e), e);
        }
    }

    /** Something that can be interrupted. */
    interface Interruptible<T extends @Nullable Object> {
        T run() throws IOException, InterruptedException;
    }

    /** An interrupt is a failure like others; the thread is still interrupted after it. */
    static <T extends @Nullable Object> T interruptible(Interruptible<T> action)
            throws IOException {
        try {
            return action.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    static void perform(String what, Together.Step action) {
        attempt(
                what,
                () -> {
                    action.run();
                    return null;
                });
    }

    /** An {@link #attempt} at what the caller names or words: module image refuses bad ones so. */
    static <T extends @Nullable Object> T worded(String what, Attempt<T> action) {
        try {
            return attempt(what, action);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** The JDK's exceptions about files have no words of their own: the path alone says nothing. */
    private static String reason(IOException e) {
        boolean bare = e instanceof FileSystemException file && file.getReason() == null;
        return bare
                ? e.getClass().getSimpleName() + " " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    @Override
    public Optional<Caller> known(long uid, long gid, List<Long> groups) {
        try {
            return peers.known(uid, gid, groups);
        } catch (IOException e) {
            return Optional.empty(); // the request that follows is told why
        }
    }

    @Override
    public Caller caller(long uid, long gid, List<Long> groups) {
        return attempt("who uid " + uid + " is", () -> peers.caller(uid, gid, groups));
    }

    @Override
    public Optional<Tenant> known(Remote remote) {
        try {
            return peers.known(remote);
        } catch (IOException e) {
            return Optional.empty(); // the request that follows is told why
        }
    }

    @Override
    public Caller caller(Remote remote) {
        return attempt("who this client is", () -> peers.caller(remote));
    }

    @Override
    public Made create(Caller caller, @Nullable String name, ContainerSpec asked) {
        refuseFull(caller, "create a container");
        return attempt(
                "create container",
                () -> {
                    try (var _ = inFlight.begin();
                            var undo = new Undo()) {
                        var image =
                                worded(
                                        "image " + asked.image(),
                                        () -> images.hold(caller, asked.image()));
                        undo.on(() -> images.release(image.diffIds()));
                        var configured = image.config().config();
                        var made = create(caller, name, asked, image, configured, null);
                        undo.keep();
                        return made;
                    }
                });
    }

    /** A step of a build: it takes nothing from what is configured so far. */
    private String createStep(
            Caller caller, Image files, ContainerSpec spec, Builds.Secrets secrets)
            throws IOException {
        refuseFull(caller, "build");
        TargetRule.check(spec, secrets);
        try (var undo = new Undo()) {
            var image = images.hold(caller, files.id().toString());
            undo.on(() -> images.release(image.diffIds()));
            var none = ImageConfig.Defaults.NONE;
            var made = create(caller, null, spec, image, none, secrets);
            undo.keep();
            return made.id();
        }
    }

    private Made create(
            Caller caller,
            @Nullable String name,
            ContainerSpec asked,
            Image image,
            ImageConfig.Defaults configured,
            Builds.@Nullable Secrets step)
            throws IOException {
        var id = newId();
        var judged = policy.judge(caller, complete(caller, asked, configured, id), image.digests());
        images.inside().refuse(judged.spec(), image);
        var warnings = new ArrayList<>(judged.warnings());
        var chosen =
                containers.reserve(
                        caller.tenant(),
                        names ->
                                name == null || name.isEmpty()
                                        ? ContainerName.free(parts.random(), names::containsKey)
                                        : ContainerName.checked(name),
                        id);
        try {
            var checked = binds.check(judged.spec());
            warnings.addAll(checked.warnings());
            var spec = judged.spec().with(given -> given.binds = checked.binds());
            var tenant = caller.tenant().uid();
            audit.record(
                    new AuditLog.Subject("create", caller, tenant, id, chosen), judged.grants());
            var made = make(caller, id, chosen, image, spec, step);
            containers.add(made);
            events.publish(made.container(), "create");
        } catch (IOException | RuntimeException e) {
            containers.release(caller.tenant(), chosen, id);
            throw e;
        }
        return new Made(id, warnings);
    }

    private ContainerSpec complete(
            Caller caller, ContainerSpec asked, ImageConfig.Defaults image, String id)
            throws IOException {
        Function<String, Container> own = name -> named(caller, name);
        var joining = new UserNamespaceMode(caller, own).complete(asked);
        var named = by(caller, HostNamespaces.complete(joining, EngineFacts::hostname));
        var filled = ImageDefaults.complete(named, image, id);
        var whole = networks.complete(caller, filled, image.exposedPorts());
        var planned = new VolumePlan(parts.random(), own).complete(whole, image.volumes());
        // what host root has named for another container it has not named for who is in one
        return caller.leased() ? by(caller, planned) : planned;
    }

    private LocalPermits.Completed completeIfKnown(Caller caller, ContainerSpec asked)
            throws IOException {
        var image = parts.images().find(caller.tenant().uid(), asked.image());
        if (image.isEmpty()) return LocalPermits.unknown(by(caller, asked));
        var whole = complete(caller, asked, image.get().config().config(), newId());
        return new LocalPermits.Completed(whole, image.get().digests());
    }

    /** That a creation finds nothing means its image to Docker's client, which then pulls that. */
    private Container named(Caller caller, String other) {
        try {
            return lookup.findOwn(caller, other).container();
        } catch (EngineException.NotFound e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** Host paths are opened with the rights of who asks. */
    private static ContainerSpec by(Caller caller, ContainerSpec spec) {
        if (spec.binds().isEmpty()) return spec;
        return spec.with(
                given -> given.binds = given.binds.stream().map(b -> b.by(caller)).toList());
    }

    /** The same user's rights as they are now; what others named stays as it was. */
    private static ContainerSpec renewed(Caller caller, ContainerSpec spec) {
        if (spec.binds().isEmpty() || caller.leased()) return spec;
        return spec.with(given ->
                given.binds =
                        given.binds.stream()
                                .map(bind -> bind.isOf(caller) ? bind.by(caller) : bind)
                                .toList());
    }

    private ContainerEntry make(
            Caller caller,
            String id,
            String name,
            Image image,
            ContainerSpec spec,
            Builds.@Nullable Secrets step)
            throws IOException {
        var argv = ImageDefaults.argv(spec);
        var directory = directories.resolve(id);
        var planned =
                new Container(
                        id,
                        name,
                        caller.tenant(),
                        parts.clock().instant(),
                        image.id(),
                        image.diffIds(),
                        spec.with(kept -> kept.origin = ""),
                        new ContainerState.Created(),
                        0,
                        false,
                        null,
                        null,
                        argv.getFirst(),
                        argv.subList(1, argv.size()),
                        directory.resolve(id + ".log"),
                        null,
                        List.of());
        try (var undo = new Undo()) {
            Files.createDirectory(directory, closed());
            undo.on(() -> Life.removeDirectory(directory));
            if (step != null) StateFile.markStep(directory);
            Failpoint.reach("create.directory-made");
            undo.on(() -> parts.snapshots().remove(id));
            parts.snapshots().create(id);
            Failpoint.reach("create.files-made");
            var files = parts.snapshots().tree(id, planned.layers());
            var container = volumes.hold(caller, planned, files, undo);
            Failpoint.reach("create.volumes-held");
            Together.all(
                    () -> StateFile.writeOrigin(directory, spec.origin()),
                    () -> StateFile.write(directory, container));
            Failpoint.reach("create.recorded");
            undo.keep();
            var secrets = step == null ? Builds.Secrets.NONE : step;
            return new ContainerEntry(container, directory, secrets);
        }
    }

    private ContainerEntry find(Caller caller, String container) {
        return lookup.find(caller, container);
    }

    @Override
    public Container inspect(Caller caller, String container) {
        return find(caller, container).container();
    }

    @Override
    public String origin(Caller caller, String container) {
        var entry = find(caller, container);
        return attempt(
                "request of container " + entry.container().name(),
                () -> StateFile.readOrigin(entry.directory));
    }

    @Override
    public List<Container> list(Caller caller) {
        return list(caller, List.of());
    }

    @Override
    public List<Container> list(Caller caller, List<String> tenants) {
        return lookup.list(caller, tenants).stream().map(ContainerEntry::container).toList();
    }

    @Override
    public String tenantName(Container container) {
        return lookup.name(container.tenant());
    }

    @Override
    public void start(Caller caller, String container) {
        var entry = find(caller, container);
        perform(
                "start container " + entry.container().name(),
                () -> {
                    Life.refuseDead(entry);
                    if (!entry.container().isRunning()) judgeAgain(caller, entry, "start");
                    life.start(entry);
                });
    }

    /**
     * The container may be older than this engine, its policy and its host's limits; and who has
     * left a group since it made the container opens nothing by it any more.
     */
    private void judgeAgain(Caller caller, ContainerEntry entry, String action) {
        var tenant = entry.container().tenant();
        boolean own = tenant.equals(caller.tenant());
        // else host root, whose own rights are not lent to it
        var judged = own ? caller : Caller.of(tenant);
        judgeAgain(
                judged,
                entry,
                container -> own ? renewed(caller, container.spec()) : container.spec(),
                AuditLog.Subject.of(action, caller, entry.container()));
    }

    /** Of a start that nobody asks for now: as its own tenant would. */
    private void judgeAgain(ContainerEntry entry) {
        var caller = Caller.of(entry.container().tenant());
        judgeAgain(
                caller,
                entry,
                Container::spec,
                AuditLog.Subject.of("restart", caller, entry.container()));
    }

    private void judgeAgain(
            Caller caller,
            ContainerEntry entry,
            Function<Container, ContainerSpec> asked,
            AuditLog.Subject subject) {
        entry.lock.lock();
        try {
            var container = entry.container();
            var decided = policy.judge(caller, asked.apply(container), digests(caller, container));
            audit.record(subject, decided.grants());
            var judged = decided.spec();
            if (!container.isRunning() && !judged.equals(container.spec())) {
                entry.become(container.withSpec(judged));
            }
        } finally {
            entry.lock.unlock();
        }
    }

    /**
     * By which its image was pulled; none if the tenant has it no more, and none are looked for
     * where no rule asks.
     */
    private List<String> digests(Caller caller, Container container) {
        if (!policy.permissions(caller).judgesImages()) return List.of();
        return LocalEngine.attempt(
                        "image of container " + container.name(),
                        () ->
                                parts.images()
                                        .find(
                                                container.tenant().uid(),
                                                container.imageId().toString()))
                .map(Image::digests)
                .orElse(List.of());
    }

    @Override
    public void stop(
            Caller caller, String container, @Nullable String signal, @Nullable Integer seconds) {
        var entry = find(caller, container);
        perform(
                "stop container " + entry.container().name(),
                () -> life.stop(entry, signal, seconds));
    }

    @Override
    public void kill(Caller caller, String container, String signal) {
        var entry = find(caller, container);
        perform(
                "kill container " + entry.container().name(),
                () -> {
                    life.kill(entry, signal.isEmpty() ? 9 : Signals.number(signal));
                });
    }

    @Override
    public void restart(
            Caller caller, String container, @Nullable String signal, @Nullable Integer seconds) {
        var entry = find(caller, container);
        perform(
                "restart container " + entry.container().name(),
                () -> {
                    Life.refuseDead(entry);
                    judgeAgain(caller, entry, "restart");
                    life.restart(entry, signal, seconds);
                });
    }

    @Override
    public void setRestartPolicy(Caller caller, String container, RestartPolicy policy) {
        var entry = find(caller, container);
        perform(
                "update container " + entry.container().name(),
                () -> life.setPolicy(entry, policy));
    }

    @Override
    public void rename(Caller caller, String container, String name) {
        var entry = find(caller, container);
        if (name.isEmpty()) {
            throw new EngineException.Invalid("Neither old nor new names may be empty");
        }
        String checked;
        try {
            checked = ContainerName.checked(name);
        } catch (EngineException.Invalid e) {
            throw new EngineException.Invalid(
                    "Error when allocating new name: " + e.getMessage(), e);
        }
        perform("rename container " + entry.container().name(), () -> life.rename(entry, checked));
    }

    @Override
    public void delete(Caller caller, String container, boolean withVolumes) {
        var entry = find(caller, container);
        perform(
                "remove container " + entry.container().name(),
                () -> {
                    life.delete(entry, withVolumes);
                });
    }

    @Override
    public void killAndDelete(Caller caller, String container, boolean withVolumes) {
        var entry = find(caller, container);
        perform(
                "remove container " + entry.container().name(),
                () -> {
                    life.killIfRunning(entry);
                    life.deleteUnlessGone(entry, withVolumes); // --rm may have done it
                });
    }

    @Override
    public void resize(Caller caller, String container, int rows, int columns) {
        var entry = find(caller, container);
        perform(
                "resize container " + entry.container().name(),
                () -> {
                    entry.running().monitor().resize(rows, columns);
                    events.publish(
                            entry.container(),
                            "resize",
                            Map.of(
                                    "height",
                                    Integer.toString(rows),
                                    "width",
                                    Integer.toString(columns)));
                });
    }

    @Override
    public Waiting waitFor(Caller caller, String container, WaitFor what) {
        var entry = find(caller, container);
        var wait = new EndWait(what, entry.waits);
        boolean over = (what == WaitFor.NOT_RUNNING && entry.isStopped()) || entry.isDeleted();
        if (over) {
            wait.complete(entry.lastEnd());
        }
        return wait;
    }

    @Override
    public Attachment attach(
            Caller caller, String container, Set<Stream> streams, boolean stdin, Output output) {
        var entry = find(caller, container);
        return attempt(
                "attach to container " + entry.container().name(),
                () -> {
                    entry.lock.lock();
                    try {
                        if (entry.isDeleted()) {
                            throw new EngineException.NotFound("No such container: " + container);
                        }
                        if (entry.container().isPaused()) {
                            ContainerEntry.Live _ = entry.running("attach");
                        }
                        var attachment =
                                new LiveAttachment(
                                        streams,
                                        stdin && entry.container().spec().stdin(),
                                        output,
                                        entry.attachments,
                                        () -> events.publish(entry.container(), "detach"));
                        var live = entry.live();
                        if (live != null) {
                            try {
                                attachment.connect(live.monitor());
                            } catch (IOException e) {
                                attachment.end();
                                throw e;
                            }
                        }
                        events.publish(entry.container(), "attach");
                        return attachment;
                    } finally {
                        entry.lock.unlock();
                    }
                });
    }

    @Override
    public Log logs(Caller caller, String container, LogQuery query) {
        var entry = find(caller, container);
        if (entry.container().spec().logDriver() == ContainerSpec.LogDriver.NONE) {
            throw new EngineException.NotImplemented(
                    "configured logging driver does not support reading");
        }
        return attempt(
                "logs of container " + entry.container().name(),
                () -> ContainerLog.open(entry, query, logChanges, parts.clock()));
    }

    @Override
    public String createExec(Caller caller, String container, ExecSpec spec) {
        return execs.create(caller, find(caller, container), spec);
    }

    @Override
    public Attachment startExec(Caller caller, String exec, int rows, int columns, Output output) {
        var entry = execs.find(caller, exec);
        return attempt(
                "exec " + exec,
                () -> {
                    execs.start(entry, rows, columns, output);
                    return entry;
                });
    }

    @Override
    public void startExecDetached(Caller caller, String exec) {
        var entry = execs.find(caller, exec);
        perform(
                "exec " + exec,
                () -> {
                    execs.start(entry, 0, 0, (_, _, _, _) -> {});
                    try {
                        entry.awaitRunning();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IOException("interrupted", e);
                    }
                    var ended = entry.ended();
                    if (ended != null && ended.failure() != null) {
                        throw new StartFailure(ended.failure());
                    }
                });
    }

    @Override
    public Exec inspectExec(Caller caller, String exec) {
        return attempt("exec " + exec, () -> execs.find(caller, exec).view());
    }

    @Override
    public void resizeExec(Caller caller, String exec, int rows, int columns) {
        perform("resize exec " + exec, () -> execs.find(caller, exec).resize(rows, columns));
    }

    @Override
    public List<Image> images(Caller caller) {
        return parts.images().list(caller.tenant().uid());
    }

    @Override
    public Image inspectImage(Caller caller, String image) {
        return worded("image " + image, () -> images.find(caller, image));
    }

    @Override
    public void load(Caller caller, InputStream archive, Progress progress) {
        refuseFull(caller, "load images");
        List<String> lines = attempt("load", () -> images.load(caller, archive));
        lines.forEach(progress::say);
    }

    @Override
    public Image importImage(
            Caller caller, InputStream tar, String name, String message, List<String> changes) {
        refuseFull(caller, "import an image");
        return worded("import", () -> images.importTar(caller, tar, name, message, changes));
    }

    @Override
    public void tag(Caller caller, String image, String name) {
        worded(
                "tag " + image,
                () -> {
                    images.tag(caller, image, name);
                    return null;
                });
    }

    @Override
    public List<Removal> removeImage(Caller caller, String image, boolean force) {
        return worded("remove image " + image, () -> images.remove(caller, image, force));
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public Transfers transfers() {
        return transfers;
    }

    @Override
    public RootFiles files() {
        return files;
    }

    @Override
    public ImageFiles imageFiles() {
        return imageFiles;
    }

    @Override
    public Volumes volumes() {
        return volumes;
    }

    @Override
    public Networks networks() {
        return networks;
    }

    @Override
    public Builds builds() {
        return builds;
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public Usage usage() {
        return usage;
    }

    @Override
    public Evidence evidence() {
        return evidence;
    }

    @Override
    public Permits permits() {
        return permits;
    }

    @Override
    public EngineInfo info(Caller caller) {
        var own = list(caller);
        int up = (int) own.stream().filter(Container::isRunning).count();
        int paused = (int) own.stream().filter(Container::isPaused).count();
        return attempt(
                "info",
                () ->
                        facts.info(
                                caller,
                                up - paused,
                                paused,
                                own.size() - up,
                                images(caller).size()));
    }

    /**
     * Reads the policy again: it is in force from now on, for containers that run already what it
     * says of tenants.
     *
     * @throws EngineException.Invalid with the line that is wrong; the one that was stays in force
     */
    public void reloadPolicy() {
        perform("read the policy again", () -> parts.policy().reload());
        limiter.recall();
    }

    /**
     * Begins nothing any more, and waits for what was begun, some seconds at most: what takes
     * longer is undone when its thread is interrupted.
     */
    public void settle() {
        boolean _ = inFlight.close(PATIENCE);
    }

    @Override
    public void close() {
        closed.countDown();
        settle();
        try {
            networks.close();
        } catch (IOException e) { // the next engine does
            EngineLog.error("take down networks that nobody is on", e);
        }
        try {
            parts.lock().close();
        } catch (IOException e) {
            throw new EngineException.Failed("release " + parts.root(), e);
        }
        if (containers.all().stream().noneMatch(e -> e.live() != null)) {
            facts.removeCgroupParents();
        }
    }
}
