package dev.rootbound.engine;

import dev.rootbound.attack.AgentProgram;
import dev.rootbound.attack.Assault;
import dev.rootbound.attack.Canaries;
import dev.rootbound.attack.Outcome;
import dev.rootbound.evidence.Statement;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Undo;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Tries the catalogue of attacks in a twin of a container, which is made for it and goes with it.
 */
final class Attacks {
    private static final HealthCheck NO_HEALTH =
            new HealthCheck(
                    List.of("NONE"),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    0,
                    List.of());

    private final Engine engine;
    private final Lookup lookup;
    private final Twins twins;
    private final Snapshots snapshots;
    private final Path directory;
    private final RandomGenerator random;

    /** One after the other, whoever asks how often: each is two processes of host root's. */
    private final ReentrantLock one = new ReentrantLock(true);

    /**
     * @param root the engine's, of a file system that programs are executed from
     */
    Attacks(
            Engine engine,
            Lookup lookup,
            Twins twins,
            Snapshots snapshots,
            Path root,
            RandomGenerator random) {
        this.engine = engine;
        this.lookup = lookup;
        this.twins = twins;
        this.snapshots = snapshots;
        this.directory = root.resolve("attack");
        this.random = random;
    }

    private Path records() {
        return directory.resolve("runs");
    }

    /** What an engine left that was killed. */
    void sweep() {
        try {
            Canaries.sweep(records(), this::removeTwin);
        } catch (IOException | RuntimeException e) {
            EngineLog.error("what attacks have left", e);
        }
    }

    private void removeTwin(String name, long uid) {
        try {
            engine.killAndDelete(Caller.of(new Tenant(uid)), name, true);
        } catch (EngineException.NotFound e) {
            // it was not made yet, or is gone
        }
    }

    boolean isTwin(ContainerEntry entry) {
        return twins.program(entry.container().id()).isPresent();
    }

    /** A statement for each attack. */
    List<Statement> on(Caller asker, String name) {
        var container = lookup.find(asker, name).container();
        boolean own = asker.tenant().equals(container.tenant());
        long uid = container.tenant().uid();
        // the canaries' directory, which the twin has, is given to that user and group
        var caller = own ? asker : new Caller(container.tenant(), uid, uid, List.of());
        one.lock();
        try {
            var outcomes =
                    LocalEngine.attempt(
                            "attack from a twin of container " + container.name(),
                            () -> tried(caller, container));
            boolean filtered = hasFilter(container.spec().isolation());
            return outcomes.stream().map(outcome -> statement(outcome, filtered)).toList();
        } finally {
            one.unlock();
        }
    }

    private List<Outcome> tried(Caller caller, Container container) throws IOException {
        var program = AgentProgram.install(directory);
        long uid = container.tenant().uid();
        long gid = caller.uid() == uid ? caller.gid() : uid;
        try (var undo = new Undo()) {
            var canaries = undo.on(Canaries.make(program, records(), uid, gid, random));
            Failpoint.reach("attack.canaries-made");
            var origin = engine.origin(caller, container.id());
            var spec = twin(container, canaries, origin);
            var id = engine.create(caller, canaries.name(), spec).id();
            undo.on(() -> twins.remove(id));
            undo.on(() -> engine.killAndDelete(caller, id, true));
            twins.add(id, program);
            Failpoint.reach("attack.twin-made");
            canaries.plantDevice(snapshots.path(id).resolve("u"), rootOnDisk());
            try (var conversation = new TwinConversation(engine, caller, id)) {
                engine.start(caller, id);
                Failpoint.reach("attack.twin-runs");
                return Assault.run(canaries, conversation, pid(caller, id));
            }
        }
    }

    private static long rootOnDisk() {
        return IdRange.FOREIGN.first();
    }

    private long pid(Caller caller, String id) throws IOException {
        if (engine.inspect(caller, id).state() instanceof ContainerState.Running running) {
            return running.pid();
        }
        throw new IOException("the twin has ended: its first process could not be the agent");
    }

    /**
     * With nothing of anybody's: neither the container's volumes nor its joined namespaces, and its
     * host paths to be read only.
     */
    private static ContainerSpec twin(Container container, Canaries canaries, String origin) {
        return container
                .spec()
                .with(spec -> {
                    spec.image = container.imageId().toString();
                    spec.terminal = false;
                    spec.stdin = true;
                    spec.stdinOnce = true;
                    spec.init = true;
                    spec.autoRemove = true;
                    spec.restart = RestartPolicy.NO;
                    spec.health = NO_HEALTH;
                    spec.logDriver = ContainerSpec.LogDriver.NONE;
                    spec.logOptions = LogOptions.NONE;
                    spec.origin = origin;
                    spec.volumes =
                            spec.volumes.stream()
                                    .map(volume -> VolumeMount.anonymous(volume.target()))
                                    .toList();
                    spec.isolation =
                            spec.isolation.withJoins(
                                    mode -> mode.startsWith(Joins.PREFIX) ? "" : mode);
                    var binds = new ArrayList<BindMount>();
                    for (var bind : spec.binds) {
                        binds.add(bind.withAccess(HostMounts.Access.NOTHING));
                    }
                    binds.add(
                            BindMount.of(
                                    canaries.shared().toString(),
                                    Canaries.SHARED,
                                    HostMounts.Access.ALL));
                    spec.binds = binds;
                });
    }

    /** The default filter lets more through with capabilities that are for it, as Docker's. */
    private static boolean hasFilter(Isolation isolation) {
        return isolation.seccomp() instanceof Isolation.Seccomp.Default
                && !isolation.privileged()
                && isolation.capAdd().isEmpty();
    }

    private static Statement statement(Outcome outcome, boolean filtered) {
        var attack = outcome.attack();
        boolean holds = outcome.holds(filtered);
        var word = outcome.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        var evidence = new ArrayList<>(List.of(word + ": " + outcome.evidence()));
        switch (outcome.verdict()) {
            case REFUSED -> evidence.add("because " + attack.why());
            case SUCCEEDED ->
                    evidence.add(
                            holds
                                    ? "as was asked: only the filter of system calls refuses it, and the"
                                            + " container has another one, none, or more capabilities"
                                    : "it should be refused: " + attack.why());
            case NOT_TRIED, ABSENT -> {}
        }
        return new Statement(
                "attack-" + attack.name(), "no attack can " + attack.tries(), holds, evidence);
    }
}
