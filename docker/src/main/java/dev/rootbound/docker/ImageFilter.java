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
        if (filters.has("dangling") && !isDangling(image, filters.flag("dangling"))) {
            return false;
        }
        var labels = image.config().config().labels();
        return filters.labels(labels)
                && filters.of("label!").stream().noneMatch(l -> Filters.hasLabel(labels, l))
                && (!filters.has("reference") || isReferred(image));
    }

    /** As in Docker, one that has digests only is on both lists. */
    private static boolean isDangling(Image image, boolean asked) {
        return asked
                ? image.names().isEmpty()
                : !image.names().isEmpty() || !image.digests().isEmpty();
    }

    private boolean isReferred(Image image) {
        return !referred(image.names()).isEmpty() || !referred(image.digests()).isEmpty();
    }

    /** Those of an image's names that the filter shows. */
    List<String> referred(List<String> names) {
        return names.stream()
                .filter(name -> filters.any("reference", pattern -> fits(pattern, name)))
                .toList();
    }

    private static boolean fits(String pattern, String name) {
        return Patterns.glob(pattern, name) || Patterns.glob(pattern, ImageJson.bare(name));
    }

    private Instant created(String name) {
        return images.stream()
                .filter(image -> ImageJson.isNamed(image, name))
                .findFirst()
                .map(ImageJson::created)
                .orElseThrow(() -> new ApiException(404, "No such image: " + name));
    }

    private static Instant until(String text) {
        return Moments.parse(text, Instant.now());
    }
}
