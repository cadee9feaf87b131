package dev.rootbound.engine;

import dev.rootbound.evidence.Claim;
import dev.rootbound.evidence.HostIdentities;
import dev.rootbound.evidence.HostProcess;
import dev.rootbound.evidence.IdOwner;
import dev.rootbound.evidence.IdSpace;
import dev.rootbound.evidence.Prover;
import dev.rootbound.evidence.Report;
import dev.rootbound.evidence.Whose;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Says what the engine believes, and has it compared with the kernel. */
final class LocalEvidence implements Evidence {
    private final Containers containers;
    private final Lookup lookup;
    private final Snapshots snapshots;
    private final Path bundles;
    private final Path leases;
    private final Prover prover;
    private final Attacks attacks;

    /** Each proof looks at all processes of the host: one at a time, whoever asks how often. */
    private final ReentrantLock one = new ReentrantLock(true);

    /**
     * @param leases the directory of {@link FileClaims}
     */
    LocalEvidence(
            Containers containers,
            Lookup lookup,
            Snapshots snapshots,
            Path bundles,
            Path leases,
            Attacks attacks) {
        this.containers = containers;
        this.lookup = lookup;
        this.snapshots = snapshots;
        this.bundles = bundles;
        this.leases = leases;
        this.prover = new Prover(leases);
        this.attacks = attacks;
    }

    @Override
    public Report prove(Caller caller, String container) {
        var entry = lookup.find(caller, container);
        return prove(entry).orElseThrow(() -> notRunning(entry));
    }

    @Override
    public Report attack(Caller caller, String container) {
        var shown = prove(caller, container);
        var all = new ArrayList<>(shown.statements());
        all.addAll(attacks.on(caller, container));
        return new Report(shown.claim(), shown.processes(), all);
    }

    private static EngineException notRunning(ContainerEntry entry) {
        return new EngineException.Conflict(
                "container " + entry.container().id() + " is not running");
    }

    @Override
    public List<Report> proveAll(Caller caller, List<String> tenants) {
        var reports = new ArrayList<Report>();
        for (var entry : lookup.list(caller, tenants)) {
            // in a twin there is a process of host root's, on purpose and for seconds
            if (!attacks.isTwin(entry)) prove(entry).ifPresent(reports::add);
        }
        return reports;
    }

    private static boolean mayKnow(Caller caller, Tenant tenant) {
        return caller.isHostRoot() || caller.tenant().equals(tenant);
    }

    /** Without those that the caller is not told of at all. */
    private List<Claim> claims(Caller caller) {
        return containers.all().stream()
                .filter(entry -> lookup.isVisible(caller, entry.container()))
                .flatMap(entry -> claim(entry).stream())
                .toList();
    }

    private HostIdentities host() {
        return LocalEngine.attempt("whose ids are whose", () -> HostIdentities.read(leases));
    }

    @Override
    public IdOwner who(Caller caller, Whose.Ids ids, long id, String subject) {
        var named = subject.isEmpty() ? ids.text() + " " + id : subject;
        return whose(caller).of(ids, id, named);
    }

    private Whose whose(Caller caller) {
        return new Whose(
                host(),
                claims(caller),
                claim -> mayKnow(caller, claim.tenant()),
                caller.isHostRoot());
    }

    @Override
    public List<IdOwner> whoRuns(Caller caller, long pid) {
        var process =
                LocalEngine.attempt("process " + pid, () -> HostProcess.of(pid))
                        .orElseThrow(() -> new EngineException.NotFound("No such process: " + pid));
        var subject = "pid " + pid;
        for (var claim : claims(caller)) {
            if (process.isOf(claim) && mayKnow(caller, claim.tenant())) {
                subject += ", which is pid " + process.inside() + " in " + claim.name() + ",";
            }
        }
        var whose = whose(caller);
        return List.of(
                whose.of(
                        Whose.Ids.UID,
                        process.uid(),
                        subject + " has uid " + process.uid() + ", which"),
                whose.of(
                        Whose.Ids.GID,
                        process.gid(),
                        subject + " has gid " + process.gid() + ", which"));
    }

    @Override
    public IdSpace ids(Caller caller, List<String> tenants) {
        var named = lookup.tenants(caller, tenants);
        return caller.isHostRoot()
                ? IdSpace.of(host(), claims(caller), claim -> named.test(claim.tenant()))
                : IdSpace.ofTenant(host(), claims(caller), caller.tenant().uid());
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
                        () -> alone(claim.get()));
        // what was read after its end is of no container
        return claim(entry).filter(now -> isSameRun(now, claim.get())).map(_ -> report);
    }

    private static boolean isSameRun(Claim one, Claim other) {
        return one.pid() == other.pid() && one.startTime() == other.startTime();
    }

    private Report alone(Claim claim) throws IOException {
        one.lock();
        try {
            return prover.prove(claim);
        } finally {
            one.unlock();
        }
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
                        live.lease().ids(),
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
