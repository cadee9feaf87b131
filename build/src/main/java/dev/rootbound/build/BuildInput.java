package dev.rootbound.build;

import java.io.InputStream;
import java.util.List;

/**
 * The files that come with a build, in this order.
 *
 * @param caches archives in which steps are looked for; each is read to its end before the next
 * @param named contexts besides the first; each is read to its end before the next
 * @param context a tar, compressed or not; read to its end
 */
public record BuildInput(List<InputStream> caches, List<Named> named, InputStream context) {
    public BuildInput {
        caches = List.copyOf(caches);
        named = List.copyOf(named);
    }

    /** A context that {@code FROM}, {@code --from} and {@code from=} call by its name. */
    public record Named(String name, InputStream tar) {}
}
