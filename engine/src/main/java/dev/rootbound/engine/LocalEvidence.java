package dev.rootbound.engine;

import dev.rootbound.evidence.Claim;
import dev.rootbound.evidence.Prover;
import dev.rootbound.evidence.Report;
import dev.rootbound.rootfs.Snapshots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Says what the engine believes, and has it compared with the kernel. */
final class LocalEvidence implements Evidence {
    private final Containers containers;
    private final Snapshots snapshots;
    private final Path bundles;
    private final Prover prover;

    /**
     * @param claims the directory of {@link FileClaims}
     */
    LocalEvidence(Containers containers, Snapshots snapshots, Path bundles, Path claims) {
        this.containers = containers;
        this.snapshots = snapshots;
        this.bundles = bundles;
        this.prover = new Prover(claims);
    }

    @Override
    public Report prove(Caller caller, String container) {
        var entry = containers.find(caller.tenant(), container);
        return prove(entry).orElseThrow(() -> notRunning(entry));
    }

    private static EngineException notRunning(ContainerEntry entry) {
        return new EngineException.Conflict(
                "container " + entry.container().id() + " is not running");
    }

    @Override
    public List<Report> proveAll(Caller caller) {
        var reports = new ArrayList<Report>();
        for (var entry : visible(caller)) {
            prove(entry).ifPresent(reports::add);
        }
        return reports;
    }

    private Collection<ContainerEntry> visible(Caller caller) {
        return caller.uid() == 0 ? containers.all() : containers.of(caller.tenant());
    }

    /** Empty if it does not run, or ended while it was looked at. */
    private Optional<Report> prove(ContainerEntry entry) {
        var claim = claim(entry);
        if (claim.isEmpty()) {
            return Optional.empty();
        }
        var report =
                LocalEngine.attempt(
                        "evidence of container " + entry.container().name(),
                        () -> prover.prove(claim.get()));
        // what was read after its end is of no container
        return claim(entry).equals(claim) ? Optional.of(report) : Optional.empty();
    }

    private Optional<Claim> claim(ContainerEntry entry) {
        var live = entry.live();
        var container = entry.container();
        if (live == null || !(container.state() instanceof ContainerState.Running running)) {
            return Optional.empty();
        }
        var isolation = container.spec().isolation();
        var writable = snapshots.path(container.id());
        return Optional.of(
                new Claim(
                        container.id(),
                        container.name(),
                        container.tenant(),
                        live.lease().range(),
                        running.pid(),
                        running.startTime(),
                        bundles.resolve(container.id()),
                        snapshots.store(),
                        writable,
                        isFiltered(isolation),
                        isolation.noNewPrivileges()));
    }

    private static boolean isFiltered(Isolation isolation) {
        return switch (isolation.seccomp()) {
            case Isolation.Seccomp.Default _ -> !isolation.privileged();
            case Isolation.Seccomp.Unconfined _ -> false;
            case Isolation.Seccomp.Profile _ -> true;
        };
    }
}
