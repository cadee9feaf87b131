package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.TenantCgroup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Keeps each tenant to its limits, so that none has all of what the others need, too: it counts
 * what runs, and sets the cgroup that all containers of a tenant are in. Thread-safe.
 */
final class TenantLimiter {
    private static final long ROOT = 0;

    /** An ordinary tenant's part of the leases there are, unless the policy says otherwise. */
    private static final int SHARE = 8;

    /**
     * Starts of an ordinary tenant that go on at once: the next ones wait, and nobody else does.
     */
    private static final int TURNS = 32;

    private static final long NANO = 1_000_000_000;

    private final Supplier<TenantPolicy> policy;
    private final Containers containers;
    private final HostUsers users;
    private final long leases;
    private final DiskUse disk;

    private final Map<Tenant, Semaphore> turns = new ConcurrentHashMap<>();

    // guarded by this
    private final Set<String> starting = new HashSet<>();
    private final Map<Tenant, TenantLimits> applied = new HashMap<>();

    /**
     * @param policy as it is now
     * @param disk what it has there
     * @param leases how many containers can run on this host at once
     */
    TenantLimiter(
            Supplier<TenantPolicy> policy,
            Containers containers,
            HostUsers users,
            long leases,
            DiskUse disk) {
        this.disk = disk;
        this.policy = policy;
        this.containers = containers;
        this.users = users;
        this.leases = leases;
    }

    /** A start that goes on: it counts as running. Closed when it runs or has failed to. */
    interface Starting extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn.
     *
     * @throws EngineException.Denied if the tenant has as much as it may have
     */
    Starting begin(Container container) throws IOException {
        refuseFull(container.tenant(), "start container " + container.name());
        var turn = turn(container.tenant());
        try {
            turn.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while other starts went on");
        }
        boolean begun = false;
        try {
            admit(container);
            begun = true;
        } finally {
            if (!begun) {
                turn.release();
            }
        }
        return () -> {
            end(container);
            turn.release();
        };
    }

    /**
     * Refuses what would take more of the disk to a tenant that has all it may have there.
     *
     * @param what is asked for
     */
    void refuseFull(Tenant tenant, String what) throws IOException {
        long most = of(tenant).disk();
        if (most == TenantLimits.NONE) {
            disk.forget(tenant);
            return;
        }
        var problem = disk.problem(tenant, most);
        if (problem.isEmpty()) return;
        throw new EngineException.Denied(
                what
                        + ": refused to user "
                        + users.name(tenant.uid())
                        + ": "
                        + problem
                        + "; remove containers, volumes or images (system df shows which are large,"
                        + " system prune those that nobody uses), or root sets more (tenants: disk"
                        + " in "
                        + policy.get().file()
                        + ", for all users or for one)");
    }

    /** Bytes of memory that all of a tenant's containers may have. */
    long memory(Tenant tenant) throws IOException {
        return of(tenant).memory();
    }

    private Semaphore turn(Tenant tenant) {
        int permits = tenant.uid() == ROOT ? Integer.MAX_VALUE : TURNS;
        return turns.computeIfAbsent(tenant, _ -> new Semaphore(permits, true));
    }

    private synchronized void admit(Container container) throws IOException {
        var tenant = container.tenant();
        var limits = of(tenant);
        long running = running(tenant);
        if (running >= limits.containers()) {
            throw refused(
                    container,
                    "user "
                            + users.name(tenant.uid())
                            + " has "
                            + running
                            + " containers running and may have "
                            + limits.containers()
                            + " of the "
                            + leases
                            + " that this host has ids for",
                    "containers");
        }
        refuseProcessors(container, limits);
        apply(tenant, limits);
        starting.add(container.id());
    }

    private synchronized void end(Container container) {
        starting.remove(container.id());
    }

    private long running(Tenant tenant) {
        return containers.all().stream()
                .filter(entry -> entry.container().tenant().equals(tenant))
                .filter(e -> e.live() != null || starting.contains(e.container().id()))
                .count();
    }

    /** The kernel refuses a cgroup more than the one above it has, in words that say nothing. */
    private void refuseProcessors(Container container, TenantLimits limits) throws IOException {
        long asked = nanoCpus(container.spec().resources());
        if (asked > limits.nanoCpus()) {
            throw refused(
                    container,
                    "it asks for "
                            + processors(asked)
                            + " processors and all containers of user "
                            + users.name(container.tenant().uid())
                            + " together may have "
                            + processors(limits.nanoCpus()),
                    "cpus");
        }
    }

    /** 0 if nothing is asked for. */
    private static long nanoCpus(Resources asked) {
        if (asked.nanoCpus() != 0 || asked.cpuQuota() <= 0) {
            return asked.nanoCpus();
        }
        long period = asked.cpuPeriod() == 0 ? 100_000 : asked.cpuPeriod(); // the kernel's own
        return Math.multiplyExact(asked.cpuQuota(), NANO) / period;
    }

    private static String processors(long nano) {
        return BigDecimal.valueOf(nano, 9).stripTrailingZeros().toPlainString();
    }

    private EngineException refused(Container container, String why, String key) {
        return new EngineException.Denied(
                "start container "
                        + container.name()
                        + ": "
                        + why
                        + "; stop another one, or root sets more (tenants: "
                        + key
                        + " in "
                        + policy.get().file()
                        + ", for all users or for one)");
    }

    private TenantLimits of(Tenant tenant) throws IOException {
        var said = policy.get();
        var own = tenant.uid() == ROOT ? TenantLimits.UNLIMITED : said.ordinary().or(usual());
        for (var user : said.users()) {
            var uid = users.uid(user.name());
            if (uid.isPresent() && uid.getAsLong() == tenant.uid()) {
                return user.asked().or(own);
            }
        }
        return own;
    }

    private TenantLimits usual() {
        return new TenantLimits(
                Math.max(1, leases / SHARE),
                TenantLimits.NONE,
                TenantLimits.NONE,
                TenantLimits.NONE,
                TenantLimits.NONE);
    }

    /**
     * Before the first container, when the policy says something else, and when another engine of
     * this host has removed the cgroup, which was empty.
     */
    private void apply(Tenant tenant, TenantLimits limits) throws IOException {
        var cgroup = TenantCgroup.of(Path.of("rootbound", Long.toString(tenant.uid())));
        boolean there = cgroup.exists();
        boolean done = there && limits.equals(applied.get(tenant));
        if (done || (!there && !limits.hasCgroup())) {
            return;
        }
        try {
            cgroup.limit(limits.memory(), limits.nanoCpus(), limits.pids());
        } catch (IOException e) {
            throw new IOException(
                    "set the limits of all containers of user "
                            + users.name(tenant.uid())
                            + " (tenants in "
                            + policy.get().file()
                            + "): "
                            + e.getMessage(),
                    e);
        }
        applied.put(tenant, limits);
    }

    /**
     * For what runs: an earlier engine started it, or the policy is read again, which may have been
     * another.
     */
    synchronized void recall() {
        containers.all().stream()
                .filter(entry -> entry.live() != null)
                .map(entry -> entry.container().tenant())
                .distinct()
                .forEach(tenant -> {
                    try {
                        apply(tenant, of(tenant));
                    } catch (IOException e) { // they run on, with the limits they had
                        EngineLog.error("limits of a tenant", e);
                    }
                });
    }
}
