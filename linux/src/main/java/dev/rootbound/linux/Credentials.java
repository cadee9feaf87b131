package dev.rootbound.linux;

import java.util.List;

/**
 * As whom files are opened: credentials(7).
 *
 * @param groups the supplementary ones
 */
public record Credentials(long uid, long gid, List<Long> groups) {
    public Credentials {
        groups = List.copyOf(groups);
    }
}
