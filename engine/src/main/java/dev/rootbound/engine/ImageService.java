package dev.rootbound.engine;

import dev.rootbound.image.ArchiveLoader;
import dev.rootbound.image.EmbeddedImage;
import dev.rootbound.image.Image;
import dev.rootbound.image.Images;
import dev.rootbound.image.ImportTar;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the engine does with images, in Docker's words. */
final class ImageService {
    private final EngineParts parts;
    private final EventLog events;
    private final Supplier<Collection<Container>> containers;
    private final InsideImages inside;

    ImageService(EngineParts parts, EventLog events, Supplier<Collection<Container>> containers)
            throws IOException {
        this.inside = new InsideImages(parts.root().resolve("inside-images"));
        this.parts = parts;
        this.events = events;
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

    /** Of host root's images those that its containers have changed. */
    InsideImages inside() {
        return inside;
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

    static String withTag(String name) {
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
            inside.named(caller, loaded.image());
            publish(caller, loaded.image(), "load");
        }
        return lines;
    }

    Image importTar(
            Caller caller, InputStream tar, String name, String message, List<String> changes)
            throws IOException {
        var reference =
                name.isEmpty() ? Optional.<Reference>empty() : Optional.of(Reference.parse(name));
        if (reference.isPresent() && reference.get().digest() != null) {
            throw new EngineException.Invalid("cannot import to digest reference: " + name);
        }
        var image =
                new ImportTar(
                                parts.images(),
                                parts.content(),
                                parts.layers(),
                                Platform.host(),
                                parts.clock())
                        .load(caller.tenant().uid(), tar, reference, message, changes);
        inside.named(caller, image);
        publish(caller, image, "import");
        reference.ifPresent(named -> publishTag(caller, image, named));
        return image;
    }

    private void publish(Caller caller, Image image, String action) {
        events.publish(caller.tenant(), image, action, image.id().toString());
    }

    private void publishTag(Caller caller, Image image, Reference name) {
        events.publish(caller.tenant(), image, "tag", name.withDefaultTag().familiar());
    }

    void tag(Caller caller, String image, String name) throws IOException {
        var reference = Reference.parse(name);
        if (reference.digest() != null) {
            throw new EngineException.Invalid(
                    "refusing to create a tag with a digest reference: " + name);
        }
        var found = find(caller, image);
        inside.named(caller, found); // before it has the name
        parts.images().tag(caller.tenant().uid(), found.id(), reference.withDefaultTag());
        publishTag(caller, found, reference);
    }

    List<Engine.Removal> remove(Caller caller, String text, boolean force) throws IOException {
        return new ImageRemoval(parts, this, events).remove(caller, text, force);
    }

    /**
     * The tenant's containers that are made from the image: another tenant's keep the layers, not
     * this tenant's names for them.
     */
    Stream<Container> users(Caller caller, Image image) {
        return containers.get().stream()
                .filter(container -> container.tenant().equals(caller.tenant()))
                .filter(container -> container.imageId().equals(image.id()));
    }

    List<Image> list(Caller caller) {
        return parts.images().list(caller.tenant().uid());
    }

    /**
     * What a removal did, and the bytes of the layers that this tenant has no more. Whether another
     * tenant has them, so that they stay on disk, is not told.
     */
    record Freed(List<Engine.Removal> removals, long bytes) {}

    /**
     * Removes an image with all its names, and those layers that nobody needs any more; empty if
     * its names have changed since it was looked at: who gave it one wants it.
     */
    Optional<Freed> removeUnused(Caller caller, Image image) throws IOException {
        var removed = remove(caller, image);
        if (removed.isEmpty()) {
            return Optional.empty();
        }
        var removals = publish(caller, image, removed.get());
        var needed = new HashSet<>(parts.images().layers(caller.tenant().uid()));
        containers.get().stream()
                .filter(container -> container.tenant().equals(caller.tenant()))
                .forEach(container -> needed.addAll(container.layers()));
        long bytes = 0;
        for (int i = image.layers().size() - 1; i >= 0; i--) {
            var layer = image.layers().get(i);
            if (!needed.contains(layer.diffId())) {
                removals.add(new Engine.Removal.Deleted(image.chainIds().get(i).toString()));
                bytes += layer.size();
            }
        }
        parts.images().dropUnused(removed.get().layers(), parts.layers());
        return Optional.of(new Freed(removals, bytes));
    }

    private Optional<Images.Removed> remove(Caller caller, Image image) throws IOException {
        try {
            return parts.images().remove(caller.tenant().uid(), image);
        } catch (IOException e) { // it may be gone all the same
            parts.images().dropUnused(image.diffIds(), parts.layers());
            throw e;
        }
    }

    private List<Engine.Removal> publish(Caller caller, Image image, Images.Removed removed) {
        var removals = new ArrayList<Engine.Removal>();
        for (var name : removed.names()) {
            removals.add(new Engine.Removal.Untagged(name));
            publish(caller, image, "untag");
        }
        removals.add(new Engine.Removal.Deleted(image.id().toString()));
        publish(caller, image, "delete");
        return removals;
    }
}
