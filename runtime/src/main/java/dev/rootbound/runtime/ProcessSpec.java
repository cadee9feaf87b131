package dev.rootbound.runtime;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process to be, all decided: inside ids as numbers, capabilities by name ({@code CAP_CHOWN}),
 * limits already clamped.
 *
 * @param bounding the bounding set, and for uid 0 the permitted and effective sets too; inheritable
 *     and ambient are empty
 */
public record ProcessSpec(
        List<String> args,
        List<String> env,
        String cwd,
        UserIds user,
        boolean terminal,
        Set<String> bounding,
        boolean noNewPrivileges,
        List<Rlimit> rlimits,
        @Nullable Integer oomScoreAdj) {

    /** The ids of a process, as seen inside. */
    public record UserIds(long uid, long gid, List<Long> additionalGids, String home) {}
}
