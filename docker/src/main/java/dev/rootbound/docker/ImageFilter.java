package dev.rootbound.docker;

import dev.rootbound.image.Image;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Which images a list shows. */
record ImageFilter(Filters filters, List<Image> images) {
    static final Set<String> KNOWN =
            Set.of("dangling", "label", "label!", "before", "since", "until", "reference");

    List<Image> matching() {
        var before = filters.of("before").stream().map(this::created).toList();
        var since = filters.of("since").stream().map(this::created).toList();
        var until = filters.of("until").stream().map(ImageFilter::until).toList();
        return images.stream()
                .filter(this::matches)
                .filter(i -> before.stream().allMatch(t -> ImageJson.created(i).isBefore(t)))
                .filter(i -> until.stream().allMatch(t -> ImageJson.created(i).isBefore(t)))
                .filter(i -> since.stream().allMatch(t -> ImageJson.created(i).isAfter(t)))
                .toList();
    }

    private boolean matches(Image image) {
        if (filters.has("dangling") && filters.flag("dangling") != image.names().isEmpty()) {
            return false;
        }
        var labels = image.config().config().labels();
        return filters.labels(labels)
                && filters.of("label!").stream().noneMatch(l -> Filters.hasLabel(labels, l))
                && filters.any("reference", pattern -> named(image, pattern));
    }

    static boolean named(Image image, String pattern) {
        return image.names().stream()
                .anyMatch(n ->
                        Patterns.glob(pattern, n) || Patterns.glob(pattern, ImageJson.bare(n)));
    }

    private Instant created(String name) {
        return images.stream()
                .filter(image -> ImageJson.isNamed(image, name))
                .findFirst()
                .map(ImageJson::created)
                .orElseThrow(() -> new ApiException(404, "No such image: " + name));
    }

    private static Instant until(String text) {
        var time = Timestamps.parse("until", text);
        return time == null ? Instant.EPOCH : time;
    }
}
