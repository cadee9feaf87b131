package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.Lease;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/**
 * What an earlier engine left: its containers are found again, what it left half done is removed. A
 * container that cannot be told is set aside with the reason, and keeps the engine from no other.
 */
final class Recovery {
    private static final Comparator<ContainerEntry> LAST_FIRST =
            Comparator.comparing((ContainerEntry entry) -> entry.container().created()).reversed();

    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private final EngineParts parts;
    private final Containers containers;
    private final VolumeService volumes;
    private final NetworkService networks;
    private final Life life;
    private final Start start;
    private final Path directories;
    private final Path bundles;

    Recovery(
            EngineParts parts,
            Containers containers,
            VolumeService volumes,
            NetworkService networks,
            Life life,
            Start start,
            Path directories) {
        this.parts = parts;
        this.containers = containers;
        this.volumes = volumes;
        this.networks = networks;
        this.life = life;
        this.start = start;
        this.directories = directories;
        this.bundles = parts.run().resolve("c");
    }

    /** Something that may fail for one thing and must not for the others. */
    private interface Attempt {
        void run() throws IOException;
    }

    private static void attempt(String what, Attempt action) {
        try {
            action.run();
        } catch (IOException | RuntimeException e) {
            EngineLog.error(what, e);
        }
    }

    void run() throws IOException {
        parts.damaged().forEach(EngineLog::error);
        // all processors read: it is most of what a start with many containers takes
        var entries =
                Containers.directories(directories).parallelStream()
                        .flatMap(directory -> read(directory).stream())
                        .toList();
        entries.forEach(this::hold); // what one of them gives back another may need
        entries.forEach(entry -> recover(entry, () -> recoverState(entry)));
        // the build that they were steps of has ended with its engine: the last made first, as what
        // it has mounted another was made for
        entries.stream()
                .filter(entry -> StateFile.isStep(entry.directory))
                .filter(entry -> !(entry.container().state() instanceof ContainerState.Dead))
                .sorted(LAST_FIRST)
                .forEach(entry -> recover(entry, () -> removeStep(entry)));
        parts.snapshots().recover();
        for (var bundle : Containers.directories(bundles)) {
            removeBundle(bundle);
        }
        attempt("claims of ids", parts.pool()::releaseVoid);
        for (var id : parts.monitors().list()) {
            if (isNobodys(id)) {
                attempt("runtime's state of " + id, () -> parts.monitors().delete(bundle(id)));
            }
        }
        for (var id : parts.snapshots().list()) {
            if (isNobodys(id)) {
                attempt("writable layer " + id, () -> parts.snapshots().remove(id));
            }
        }
        // what a damaged record needs must not be dropped with it
        if (parts.images().problems().isEmpty()) {
            parts.images().dropUnused(parts.layers().list(), parts.layers());
        }
        attempt("networks", () -> networks.recovered(id -> !isNobodys(id)));
        attempt("volumes", () -> volumes.recover(id -> !isNobodys(id)));
        life.applyPolicies();
    }

    private boolean isNobodys(String id) {
        return !Files.exists(directories.resolve(id));
    }

    private Bundle bundle(String id) {
        return new Bundle(id, bundles.resolve(id));
    }

    /** Of a container that was deleted, but not to the end. */
    private void removeBundle(Path directory) {
        var id = String.valueOf(directory.getFileName());
        if (isNobodys(id)) {
            attempt("leftover of container " + id, () -> life.removeLeftovers(bundle(id)));
        }
    }

    /** What is in a container's directory; empty if it was made or deleted half way. */
    private Optional<ContainerEntry> read(Path directory) {
        var id = String.valueOf(directory.getFileName());
        if (!ID.matcher(id).matches()) { // a removal that was not finished
            attempt("removal of " + directory, () -> Life.removeDirectory(directory));
            return Optional.empty();
        }
        attempt("unfinished state of " + id, () -> StateFile.removeUnfinished(directory));
        try {
            // its execs were the last engine's
            var container = StateFile.read(directory).withExecs(List.of());
            return Optional.of(new ContainerEntry(container, directory));
        } catch (NoSuchFileException e) {
            attempt("removal of " + directory, () -> Life.removeDirectory(directory));
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            EngineLog.error("container set aside", e);
            return setAside(id, directory, reason(e));
        }
    }

    private Optional<ContainerEntry> setAside(String id, Path directory, String reason) {
        try {
            var layers = parts.layers().list();
            return Optional.of(
                    new ContainerEntry(SetAside.of(id, directory, layers, reason), directory));
        } catch (IOException | RuntimeException e) {
            EngineLog.error("container in " + directory, e);
            return Optional.empty();
        }
    }

    private void hold(ContainerEntry entry) {
        parts.images().hold(entry.container().layers());
        volumes.recover(entry.container());
        containers.add(entry);
    }

    private void recover(ContainerEntry entry, Attempt recovering) {
        var container = entry.container();
        try {
            recovering.run();
        } catch (IOException | RuntimeException e) {
            EngineLog.error("container " + container.id() + " set aside", e);
            // its state file stays as it is: the next engine tries again
            entry.become(
                    container.with(
                            new ContainerState.Dead("not recovered: " + reason(e)),
                            container.ids(),
                            container.rootfs()));
        }
    }

    private void removeStep(ContainerEntry entry) throws IOException {
        life.killIfRunning(entry);
        life.deleteUnlessGone(entry, true);
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage());
    }

    /** It runs, or ended meanwhile. */
    private void recoverState(ContainerEntry entry) throws IOException {
        var container = entry.container();
        var bundle = start.bundle(container);
        switch (container.state()) {
            case ContainerState.Running running -> recoverRunning(entry, running, bundle);
            case ContainerState.Exited _ when container.spec().autoRemove() ->
                    life.deleteUnlessGone(entry, true); // its engine died in a restart of it
            case ContainerState.Created _, ContainerState.Exited _, ContainerState.Restarting _ ->
                    life.removeLeftovers(bundle);
            case ContainerState.Dead _ -> {} // something may run in it
        }
    }

    private void recoverRunning(ContainerEntry entry, ContainerState.Running running, Bundle bundle)
            throws IOException {
        var container = entry.container();
        var ids = container.ids();
        var monitor = parts.monitors().find(bundle);
        // the host was restarted and the run directory is gone, or the engine died before it had
        // the process started
        if (ids == null || monitor.isEmpty() || parts.monitors().isUnstarted(bundle)) {
            life.removeLeftovers(bundle);
            life.hasEnded(entry, running.exited(137, false, parts.clock().instant()));
            return;
        }
        var exit = monitor.get().exit();
        // its end was seen and given back, but not written
        if (exit.isPresent() && !parts.monitors().has(bundle)) {
            int code = exit.get().code();
            var at = monitor.get().endedAt().orElseGet(parts.clock()::instant);
            life.hasEnded(entry, running.exited(code, exit.get().oomKilled(), at));
            return;
        }
        var lease =
                switch (running.lease()) {
                    case OWN -> adopt(container, ids, bundle.directory().toString());
                    case SHARED -> Lease.shared(ids);
                    case HOST -> Lease.ofHost();
                };
        attempt("networks of " + container.id(), () -> networks.recover(container, bundle));
        var root = parts.snapshots().mounted(bundle.rootfs());
        life.isLive(
                entry, new ContainerEntry.Live(lease, root, monitor.get(), new CountDownLatch(1)));
    }

    /**
     * Ids below 65536 or of the store are a lease only where the policy let somebody choose them.
     */
    private Lease adopt(Container container, IdMaps ids, String holder) throws IOException {
        var mode = container.spec().isolation().usernsMode();
        boolean chosen = UserNamespaceMap.is(mode) && UserNamespaceMap.parse(mode).equals(ids);
        return chosen ? parts.pool().adoptChosen(ids, holder) : parts.pool().adopt(ids, holder);
    }
}
