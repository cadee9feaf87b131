package dev.rootbound.docker;

import dev.rootbound.image.BuildStep;
import dev.rootbound.oci.Digest;
import java.time.Instant;
import java.util.Set;

/**
 * Which steps {@code builder prune} forgets.
 *
 * @param unusedSince those that were used later stay
 */
record BuildCacheFilter(Filters filters, Instant unusedSince) {
    private static final Set<String> NAMES = Set.of("until", "unused-for", "id");

    static BuildCacheFilter of(Query query) {
        var filters = Filters.parse(query.text("filters"), NAMES);
        var since = filters.has("until") ? filters.of("until") : filters.of("unused-for");
        if (since.size() > 1) {
            throw new ApiException(400, "more than one until filter specified");
        }
        var time = since.isEmpty() ? Instant.MAX : Moments.parse(since.getFirst(), Instant.now());
        return new BuildCacheFilter(filters, time);
    }

    boolean isAll() {
        return filters.values().isEmpty();
    }

    boolean matches(Digest key, BuildStep step) {
        return step.used().isBefore(unusedSince) && filters.any("id", key.hex()::startsWith);
    }
}
