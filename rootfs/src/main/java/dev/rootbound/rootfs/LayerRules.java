package dev.rootbound.rootfs;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a writable layer becomes an image's.
 *
 * @param latest of the times of files: later ones become this; {@code null}: as they are
 * @param mountPoints paths without a slash at the start, a char a byte, at which or below which
 *     something was mounted: left out if nothing else is there
 */
public record LayerRules(@Nullable Instant latest, Set<String> mountPoints) {
    /** All as it is. */
    public static final LayerRules ALL = new LayerRules(null, Set.of());

    public LayerRules {
        mountPoints = Set.copyOf(mountPoints);
    }

    /** Seconds since 1970; the largest number if no time is changed. */
    public long latestSeconds() {
        return latest == null ? Long.MAX_VALUE : latest.getEpochSecond();
    }
}
