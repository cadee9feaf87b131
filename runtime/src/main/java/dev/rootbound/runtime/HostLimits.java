package dev.rootbound.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the host lets the engine give. Asking for more is fatal in the runtime, so it is lowered
 * here, with a sentence that says so.
 *
 * @param hard the engine's own hard limits by {@link Rlimit#type}; -1 is unlimited
 * @param sysResource whether the engine has CAP_SYS_RESOURCE, for which they do not count
 * @param oomScoreAdj the engine's own; without the capability none lower can be given: proc(5)
 */
public record HostLimits(Map<String, Long> hard, boolean sysResource, int oomScoreAdj) {
    /** What can be had instead of what was asked, and why, a sentence each. */
    public record Clamped<T extends @Nullable Object>(T value, List<String> warnings) {}

    private static final int UNLIMITED = -1;

    public HostLimits {
        hard = Map.copyOf(hard);
    }

    /**
     * What there is for users who are not root: what the engine may exceed by its capability, and
     * scores below zero, are not theirs.
     */
    public HostLimits forOrdinaryUsers() {
        return new HostLimits(hard, false, Math.max(0, oomScoreAdj));
    }

    /** Lowers what is above the engine's hard limits. Refuses what is no limit at all. */
    public Clamped<List<Rlimit>> clamp(List<Rlimit> asked) throws InvalidSpec {
        var limits = new ArrayList<Rlimit>();
        var warnings = new ArrayList<String>();
        for (var limit : asked) {
            check(limit);
            var lowered = lower(limit);
            limits.add(lowered);
            if (!lowered.equals(limit)) {
                warnings.add(warning(limit, lowered));
            }
        }
        return new Clamped<>(List.copyOf(limits), List.copyOf(warnings));
    }

    private static void check(Rlimit limit) throws InvalidSpec {
        if (!Rlimit.TYPES.contains(limit.type())) {
            throw new InvalidSpec("invalid ulimit type: " + limit.type());
        }
        if (limit.soft() < UNLIMITED || limit.hard() < UNLIMITED) {
            throw new InvalidSpec("invalid ulimit value: " + text(limit));
        }
        if (above(limit.soft(), limit.hard())) {
            throw new InvalidSpec(
                    "ulimit soft limit must be less than or equal to hard limit: " + text(limit));
        }
    }

    private Rlimit lower(Rlimit limit) {
        long most = sysResource ? UNLIMITED : hard.getOrDefault(limit.type(), (long) UNLIMITED);
        return new Rlimit(limit.type(), least(limit.soft(), most), least(limit.hard(), most));
    }

    private static long least(long value, long most) {
        return above(value, most) ? most : value;
    }

    private static boolean above(long value, long most) {
        return most != UNLIMITED && (value == UNLIMITED || value > most);
    }

    private static String warning(Rlimit asked, Rlimit given) {
        return "ulimit "
                + text(asked)
                + " is above the engine's own hard limit: lowered to "
                + text(given);
    }

    private static String text(Rlimit limit) {
        return limit.type() + "=" + limit.soft() + ":" + limit.hard();
    }

    /**
     * Raises what is below the engine's own, unless it may go lower.
     *
     * @param asked {@code null}: nothing, which stays so
     */
    public Clamped<@Nullable Integer> clampOomScoreAdj(@Nullable Integer asked) throws InvalidSpec {
        if (asked == null) {
            return new Clamped<>(null, List.of());
        }
        if (asked < -1000 || asked > 1000) {
            throw new InvalidSpec(
                    "Invalid value " + asked + ", range for oom score adj is [-1000, 1000]");
        }
        if (sysResource || asked >= oomScoreAdj) {
            return new Clamped<>(asked, List.of());
        }
        return new Clamped<>(
                oomScoreAdj,
                List.of(
                        "oom_score_adj "
                                + asked
                                + " is lower than can be given here: raised to "
                                + oomScoreAdj));
    }
}
