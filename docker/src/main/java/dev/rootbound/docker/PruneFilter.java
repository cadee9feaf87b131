package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Network;
import dev.rootbound.engine.Volume;
import dev.rootbound.image.Image;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What a prune deletes, of what is not used. */
record PruneFilter(Filters filters, Instant until) {
    private static final Set<String> CONTAINERS = Set.of("label", "label!", "until");
    private static final Set<String> IMAGES = Set.of("dangling", "label", "label!", "until");

    private static final Set<String> NETWORKS = Set.of("label", "label!", "until");

    private static final Set<String> VOLUMES = Set.of("all", "label", "label!");

    static PruneFilter containers(String filters) {
        return of(Filters.parse(filters, CONTAINERS));
    }

    static PruneFilter images(String filters) {
        return of(Filters.parse(filters, IMAGES));
    }

    static PruneFilter networks(String filters) {
        return of(Filters.parse(filters, NETWORKS));
    }

    static PruneFilter volumes(String filters) {
        var filter = of(Filters.parse(filters, VOLUMES));
        boolean _ = filter.isAll(); // a value that is none is refused, whatever there is
        return filter;
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

    boolean matches(Network network) {
        return network.created().isBefore(until) && labels(network.labels());
    }

    /** Only those without a name, unless all are asked for. */
    boolean matches(Volume volume) {
        return (isAll() || volume.anonymous()) && labels(volume.labels());
    }

    private boolean isAll() {
        return filters.has("all") && filters.flag("all");
    }

    private boolean labels(Map<String, String> labels) {
        return filters.labels(labels)
                && filters.of("label!").stream().noneMatch(l -> Filters.hasLabel(labels, l));
    }
}
