package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Namespace;
import dev.rootbound.linux.ProcFile;
import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Shows of a running container that its root is nobody on the host, or what contradicts that, from
 * the kernel: {@code new Prover(claims).prove(claim)}. Needs to be root of the host.
 */
public final class Prover {
    /** How many files on disk are looked at, of one directory. */
    private static final long FILES = 200_000;

    /** How many of a directory of the host's, which may be all of the host. */
    private static final long HOST_FILES = 50_000;

    /** What the kernel itself makes up. */
    private static final Set<String> NO_FILES = Set.of("proc", "sysfs", "cgroup", "cgroup2");

    /**
     * While the runtime sets up an exec, its own processes are in the container's namespaces and
     * still host root, for some tenths of a second: what contradicts is looked at again.
     */
    private static final int LOOKS = 4;

    private static final int PAUSE_MILLISECONDS = 300;

    private final Path claims;

    /**
     * @param claims the directory of the leases of this host
     */
    public Prover(Path claims) {
        this.claims = claims;
    }

    /** What is so now, and stays so for a second if it is not as it should be. */
    public Report prove(Claim claim) throws IOException {
        for (int look = 1; ; look++) {
            var report = look(claim);
            if (report.holds() || look == LOOKS) {
                return report;
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking again", e);
        }
    }

    private Report look(Claim claim) throws IOException {
        var host = HostIdentities.read(claims);
        var population = Population.of(claim);
        var ledger = new Ledger();
        new Look(claim, host, population, ledger).all();
        return new Report(claim, population.members().size(), ledger.statements());
    }

    /** One look at a container. */
    private static final class Look {
        private final Claim claim;
        private final Population population;
        private final Ledger ledger;
        private final HostIdentities host;
        private final MountReader reader;
        private final MountChecks mounts;
        private final SetIdChecks setIds;
        private final DescriptorChecks descriptors;
        private final FileChecks files;
        private final Map<Long, Set<Long>> mountIds = new HashMap<>();
        private final Set<Path> trees = new TreeSet<>();
        private final Set<Long> namespaces = new HashSet<>();

        Look(Claim claim, HostIdentities host, Population population, Ledger ledger)
                throws IOException {
            this.claim = claim;
            this.host = host;
            this.population = population;
            this.ledger = ledger;
            var tenant = TenantIds.of(claim.tenant(), host);
            this.reader = MountReader.of(claim);
            this.mounts = new MountChecks(claim, tenant, ledger);
            this.setIds = new SetIdChecks(claim, tenant, ledger);
            this.descriptors = new DescriptorChecks(reader.ids(), ledger);
            this.files = new FileChecks(ledger);
            this.trees.add(claim.writable());
        }

        void all() throws IOException {
            var first = ProcessFacts.of(claim.pid());
            var container = first.map(p -> p.user().inode());
            var checks = new ProcessChecks(claim, hostUser(), container.orElse(-1L), ledger);
            checks.first(first, startTime(), cgroup());
            for (long pid : population.members()) {
                process(pid, checks);
            }
            mounts.end();
            setIds.end();
            for (var tree : trees) {
                files.check(Tree.walk(tree, IdRange.FOREIGN, FILES));
            }
            store();
            new LeaseChecks(ledger).check(claim, host);
            elsewhere();
        }

        private static long hostUser() throws IOException {
            try (var user = Namespace.of(ProcessHandle.current().pid(), "user")) {
                return user.inode();
            }
        }

        private OptionalLong startTime() throws IOException {
            var time = Processes.startTime(claim.pid());
            return time.isPresent() ? OptionalLong.of(time.get()) : OptionalLong.empty();
        }

        private String cgroup() throws IOException {
            return ProcFile.read(claim.pid(), "cgroup").orElse("");
        }

        private void process(long pid, ProcessChecks checks) throws IOException {
            Optional<ProcessFacts> facts;
            try {
                facts = ProcessFacts.of(pid);
            } catch (AccessDeniedException e) {
                unseen(pid);
                return;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EACCES) {
                    throw e;
                }
                unseen(pid);
                return;
            }
            if (facts.isPresent()) {
                checks.check(facts.get());
                if (!facts.get().isOfAnother(claim)) {
                    held(facts.get());
                }
            }
        }

        private void unseen(long pid) {
            ledger.add(
                    Subject.NAMESPACE,
                    false,
                    "pid " + pid,
                    "the kernel does not let the engine look into it: it may more than the engine");
        }

        private void held(ProcessFacts process) throws IOException {
            var namespace = process.namespaces().get("mnt");
            long inode = namespace == null ? 0 : namespace.inode();
            var ids = mountIds.computeIfAbsent(inode, _ -> new HashSet<>());
            for (var line : process.mounts()) {
                if (ids.add(line.id())) {
                    mount(process.pid(), line);
                }
            }
            process.namespaces().values().forEach(each -> namespaces.add(each.inode()));
            namespaces.add(process.user().inode());
            descriptors.check(process, ids, Set.copyOf(population.members()), namespaces);
        }

        private void mount(long pid, MountLine line) throws IOException {
            if (!reader.isShared(line)) {
                if (reader.isMadeForIt(line)) {
                    mounts.madeForIt(line);
                } else {
                    mounts.own(line);
                }
                return;
            }
            var mount = reader.read(pid, line);
            mounts.shared(mount);
            setIds(pid, mount);
            mount.disk()
                    .map(place -> Path.of(place.path()))
                    .filter(path -> path.startsWith(claim.store()))
                    .ifPresent(trees::add);
        }

        /** In the store nobody but the engine reaches any. */
        private void setIds(long pid, HostMount mount) throws IOException {
            var line = mount.line();
            boolean files = mount.kind() instanceof HostMount.Kind.File;
            if (!files || mount.disk().isEmpty() || NO_FILES.contains(line.type())) {
                return;
            }
            var place = mount.disk().get();
            if (!Path.of(place.path()).startsWith(claim.store())) {
                setIds.check(SetIdFiles.walk(pid, line, place, HOST_FILES), place.owner());
            }
        }

        private void store() throws IOException {
            try (var store = Dir.open(claim.store())) {
                files.check(claim.store(), store.stat(new byte[0]));
            }
        }

        private void elsewhere() {
            for (var stray : population.strays()) {
                ledger.add(Subject.ELSEWHERE, false, "pid " + stray, "has an id of the lease");
            }
            ledger.add(
                    Subject.ELSEWHERE,
                    population.strays().isEmpty(),
                    "",
                    population.members().size()
                            + " processes are in it"
                            + (population.unseen().isEmpty()
                                    ? ""
                                    : "; into these the kernel lets the engine not look, but their"
                                            + " ids and cgroups are none of its: "
                                            + String.join(", ", population.unseen())));
        }
    }
}
