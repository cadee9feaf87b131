package dev.rootbound.build;

import dev.rootbound.dockerfile.Origin;
import dev.rootbound.dockerfile.Stages;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The files that a build is given, and what its named contexts are. */
final class BuildContexts implements AutoCloseable {
    private final Map<String, String> images = new HashMap<>();
    private final Map<String, SourceFiles> named = new HashMap<>();
    private @Nullable SourceFiles main;

    /**
     * @param images what contexts are that are images, by the contexts' names
     */
    BuildContexts(Map<String, String> images) {
        images.forEach((name, image) -> this.images.put(Stages.familiar(name), image));
    }

    /** A context by name; it is closed with this. */
    void add(String name, SourceFiles files) throws IOException {
        var before = named.put(Stages.familiar(name), files);
        if (before != null) before.close();
    }

    /** The context that has no name; it is closed with this. */
    void add(SourceFiles files) {
        main = files;
    }

    Set<String> names() {
        var names = new HashSet<>(named.keySet());
        names.addAll(images.keySet());
        return names;
    }

    SourceFiles main() {
        return Objects.requireNonNull(main, "it was added");
    }

    /** The files of a context that is no image. */
    SourceFiles named(String name) {
        return Objects.requireNonNull(named.get(name), name);
    }

    /** An image in place of a context that is one. */
    Origin resolved(Origin origin) {
        if (!(origin instanceof Origin.NamedContext(var name))) return origin;
        var image = images.get(name);
        return image == null ? origin : new Origin.OfImage(image);
    }

    @Override
    public void close() throws IOException {
        if (main != null) main.close();
        for (var files : named.values()) files.close();
    }
}
