package dev.rootbound.engine;

import java.util.List;
import java.util.Optional;

/**
 * What the administrator says of tenants' limits.
 *
 * @param file in which it stands, or could
 * @param ordinary of every user but root
 * @param users of some, root too
 */
public record TenantPolicy(String file, Asked ordinary, List<User> users) {
    /** Without a file: the engine's own defaults, for all but root. */
    static final TenantPolicy DEFAULT =
            new TenantPolicy("/etc/rootbound/policy.yaml", Asked.NOTHING, List.of());

    public TenantPolicy {
        users = List.copyOf(users);
    }

    /**
     * What is said; what is not is empty.
     *
     * @param containers that run at once
     * @param memory bytes
     * @param nanoCpus billionths of a processor
     * @param pids processes and threads
     * @param disk bytes
     */
    public record Asked(
            Optional<Long> containers,
            Optional<Long> memory,
            Optional<Long> nanoCpus,
            Optional<Long> pids,
            Optional<Long> disk) {
        static final Asked NOTHING =
                new Asked(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());

        TenantLimits or(TenantLimits others) {
            return new TenantLimits(
                    containers.orElse(others.containers()),
                    memory.orElse(others.memory()),
                    nanoCpus.orElse(others.nanoCpus()),
                    pids.orElse(others.pids()),
                    disk.orElse(others.disk()));
        }
    }

    /**
     * Of one user.
     *
     * @param name or uid
     */
    public record User(String name, Asked asked) {}
}
