package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.image.Image;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What a prune deletes, of what is not used. */
record PruneFilter(Filters filters, Instant until) {
    private static final Set<String> CONTAINERS = Set.of("label", "label!", "until");
    private static final Set<String> IMAGES = Set.of("dangling", "label", "label!", "until");

    static PruneFilter containers(String filters) {
        return of(Filters.parse(filters, CONTAINERS));
    }

    static PruneFilter images(String filters) {
        return of(Filters.parse(filters, IMAGES));
    }

    private static PruneFilter of(Filters filters) {
        var until = filters.of("until");
        if (until.size() > 1) {
            throw new ApiException(400, "more than one until filter specified");
        }
        var time = until.isEmpty() ? Instant.MAX : Moments.parse(until.getFirst(), Instant.now());
        return new PruneFilter(filters, time);
    }

    boolean matches(Container container) {
        return container.created().isBefore(until) && labels(container.spec().labels());
    }

    boolean matches(Image image) {
        boolean named = !image.names().isEmpty(); // a digest does not count, as in Docker
        boolean onlyDangling = !filters.has("dangling") || filters.flag("dangling");
        return !(named && onlyDangling)
                && ImageJson.created(image).isBefore(until)
                && labels(image.config().config().labels());
    }

    private boolean labels(Map<String, String> labels) {
        return filters.labels(labels)
                && filters.of("label!").stream().noneMatch(l -> Filters.hasLabel(labels, l));
    }
}
