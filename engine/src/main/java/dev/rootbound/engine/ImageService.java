package dev.rootbound.engine;

import dev.rootbound.image.ArchiveLoader;
import dev.rootbound.image.EmbeddedImage;
import dev.rootbound.image.Image;
import dev.rootbound.image.ImportTar;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the engine does with images, in Docker's words. */
final class ImageService {
    private final EngineParts parts;
    private final Supplier<Collection<Container>> containers;

    ImageService(EngineParts parts, Supplier<Collection<Container>> containers) {
        this.parts = parts;
        this.containers = containers;
    }

    Image find(Caller caller, String name) throws IOException {
        var found = parts.images().find(caller.tenant().uid(), name);
        if (found.isPresent()) {
            return found.get();
        }
        if (isEmbedded(name)) {
            return embedded(caller);
        }
        throw new EngineException.NotFound("No such image: " + withTag(name));
    }

    /** As {@link #find}; its layers stay until {@link #release}. */
    Image hold(Caller caller, String name) throws IOException {
        var held = parts.images().hold(caller.tenant().uid(), name);
        if (held.isPresent()) {
            return held.get();
        }
        var found = find(caller, name); // makes the embedded one
        return parts.images()
                .hold(caller.tenant().uid(), found.id().toString())
                .orElseThrow(() -> new EngineException.NotFound("No such image: " + withTag(name)));
    }

    /** Layers are dropped when neither an image nor a container needs them. */
    void release(Collection<Digest> layers) throws IOException {
        parts.images().release(layers, parts.layers());
    }

    private static boolean isEmbedded(String name) {
        try {
            return Reference.parse(name).withDefaultTag().equals(EmbeddedImage.NAME);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String withTag(String name) {
        try {
            return Reference.parse(name).withDefaultTag().familiar();
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    private Image embedded(Caller caller) throws IOException {
        var busybox = EmbeddedImage.busybox(EmbeddedImage.CANDIDATES);
        var list = new ProcessBuilder(busybox.toString(), "--list").start();
        var applets =
                new String(
                        list.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        return new EmbeddedImage(parts.images(), parts.content(), parts.layers())
                .add(caller.tenant().uid(), busybox, applets.lines().toList(), Platform.host());
    }

    List<String> load(Caller caller, InputStream archive) throws IOException {
        var loader =
                new ArchiveLoader(parts.images(), parts.content(), parts.layers(), Platform.host());
        var lines = new ArrayList<String>();
        for (var loaded : loader.load(caller.tenant().uid(), archive)) {
            lines.addAll(loaded.lines());
        }
        return lines;
    }

    Image importTar(
            Caller caller, InputStream tar, String name, String message, List<String> changes)
            throws IOException {
        var reference =
                name.isEmpty() ? Optional.<Reference>empty() : Optional.of(Reference.parse(name));
        return new ImportTar(
                        parts.images(),
                        parts.content(),
                        parts.layers(),
                        Platform.host(),
                        parts.clock())
                .load(caller.tenant().uid(), tar, reference, message, changes);
    }

    void tag(Caller caller, String image, String name) throws IOException {
        var reference = Reference.parse(name);
        if (reference.digest() != null) {
            throw new EngineException.Invalid(
                    "refusing to create a tag with a digest reference: " + name);
        }
        parts.images()
                .tag(caller.tenant().uid(), find(caller, image).id(), reference.withDefaultTag());
    }

    List<Engine.Removal> remove(Caller caller, String text, boolean force) throws IOException {
        var image = find(caller, text);
        boolean byId = isId(image, text);
        if (byId && image.names().size() > 1 && !force) {
            throw new EngineException.Conflict(
                    "conflict: unable to delete "
                            + shortId(image)
                            + " (must be forced) - image is referenced in multiple repositories");
        }
        var removals = new ArrayList<Engine.Removal>();
        if (!byId && image.names().size() > 1) {
            return untag(caller, image, Reference.parse(text).withDefaultTag(), removals);
        }
        refuseUsed(
                caller,
                image,
                byId ? "delete " + shortId(image) : "remove repository reference \"" + text + "\"",
                force);
        var removed = parts.images().remove(caller.tenant().uid(), image.id());
        removed.names().forEach(n -> removals.add(new Engine.Removal.Untagged(n)));
        removals.add(new Engine.Removal.Deleted(image.id().toString()));
        parts.images().dropUnused(removed.layers(), parts.layers());
        return removals;
    }

    private List<Engine.Removal> untag(
            Caller caller, Image image, Reference name, List<Engine.Removal> removals)
            throws IOException {
        if (parts.images().untag(caller.tenant().uid(), name)) {
            removals.add(new Engine.Removal.Untagged(name.familiar()));
            return removals;
        }
        throw new EngineException.NotFound(
                "No such image: " + name.familiar() + " of " + shortId(image));
    }

    private static boolean isId(Image image, String text) {
        var bare = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        return image.id().hex().startsWith(bare) && !image.names().contains(withTag(text));
    }

    private static String shortId(Image image) {
        return image.id().hex().substring(0, 12);
    }

    private void refuseUsed(Caller caller, Image image, String what, boolean force) {
        for (var container : containers.get()) {
            // another tenant's container keeps the layers, not this tenant's name for them
            boolean own = container.tenant().equals(caller.tenant());
            if (!own || !container.imageId().equals(image.id())) {
                continue;
            }
            var id = container.id().substring(0, 12);
            if (container.isRunning()) {
                throw new EngineException.Conflict(
                        "conflict: unable to "
                                + what
                                + " (cannot be forced) - image is being used by running container "
                                + id);
            }
            if (!force) {
                throw new EngineException.Conflict(
                        "conflict: unable to "
                                + what
                                + " (must be forced) - image is being used by stopped container "
                                + id);
            }
        }
    }
}
