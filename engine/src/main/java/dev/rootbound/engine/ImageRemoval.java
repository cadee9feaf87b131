package dev.rootbound.engine;

import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Docker's rmi: a name is taken away; with the last one the image goes, unless a container needs
 * it. By id an image goes with all its names, if they are of one repository.
 */
final class ImageRemoval {
    private final EngineParts parts;
    private final ImageService images;
    private final EventLog events;

    ImageRemoval(EngineParts parts, ImageService images, EventLog events) {
        this.parts = parts;
        this.images = images;
        this.events = events;
    }

    List<Engine.Removal> remove(Caller caller, String text, boolean force) throws IOException {
        var removals = remove(caller, images.find(caller, text), text, force);
        while (removals.isEmpty()) { // its names have changed meanwhile
            removals = remove(caller, images.find(caller, text), text, force);
        }
        return removals.get();
    }

    private Optional<List<Engine.Removal>> remove(
            Caller caller, Image image, String text, boolean force) throws IOException {
        if (isId(image, text)) {
            var conflict = conflict(caller, image, force);
            if (conflict.isPresent()) {
                throw new EngineException.Conflict(conflict.get());
            }
            return all(caller, image);
        }
        if (!force && isOfOneRepository(image)) {
            refuseUsed(caller, image, text);
        }
        var names = withDigests(image, Reference.parse(text).withDefaultTag());
        boolean last = names.containsAll(references(image));
        // a running container keeps the image, without a name
        return last && conflict(caller, image, force).isEmpty()
                ? all(caller, image)
                : Optional.of(untag(caller, image, names));
    }

    private Optional<List<Engine.Removal>> all(Caller caller, Image image) throws IOException {
        return images.removeUnused(caller, image).map(ImageService.Freed::removals);
    }

    private static boolean isId(Image image, String text) {
        var bare = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        return image.id().hex().startsWith(bare)
                && !image.names().contains(ImageService.withTag(text));
    }

    private static List<Reference> references(Image image) {
        var all = new ArrayList<Reference>();
        image.names().forEach(name -> all.add(Reference.parse(name)));
        image.digests().forEach(digest -> all.add(Reference.parse(digest)));
        return all;
    }

    /** One tag at most, and digests of the same repository. */
    private static boolean isOfOneRepository(Image image) {
        long repositories =
                references(image).stream().map(Reference::familiarName).distinct().count();
        return image.names().size() <= 1 && repositories <= 1;
    }

    /** Without its last name the image would be there for the container only. */
    private void refuseUsed(Caller caller, Image image, String name) {
        var user = images.users(caller, image).findFirst();
        if (user.isPresent()) {
            throw new EngineException.Conflict(
                    "conflict: unable to remove repository reference \""
                            + name
                            + "\" (must force) - container "
                            + user.get().shortId()
                            + " is using its referenced image "
                            + shortId(image));
        }
    }

    /** With the last tag of a repository its digests go. */
    private static List<Reference> withDigests(Image image, Reference name) {
        var names = new ArrayList<>(List.of(name));
        var same =
                references(image).stream()
                        .filter(each -> !each.equals(name))
                        .filter(each -> each.familiarName().equals(name.familiarName()))
                        .toList();
        if (name.digest() == null && same.stream().allMatch(each -> each.digest() != null)) {
            names.addAll(same);
        }
        return names;
    }

    private List<Engine.Removal> untag(Caller caller, Image image, List<Reference> names)
            throws IOException {
        var removals = new ArrayList<Engine.Removal>();
        for (var name : names) {
            if (parts.images().untag(caller.tenant().uid(), name)) {
                removals.add(new Engine.Removal.Untagged(name.familiar()));
                events.publish(caller.tenant(), image, "untag", image.id().toString());
            }
        }
        if (removals.isEmpty()) {
            throw new EngineException.NotFound(
                    "No such image: " + names.getFirst().familiar() + " of " + shortId(image));
        }
        return removals;
    }

    /** Why the image cannot go, in Docker's order. */
    private Optional<String> conflict(Caller caller, Image image, boolean force) {
        var users = images.users(caller, image).toList();
        var running = users.stream().filter(Container::isRunning).findFirst();
        if (running.isPresent()) {
            return Optional.of(unable(image, "cannot", "running", running.get()));
        }
        if (force) {
            return Optional.empty();
        }
        if (!isOfOneRepository(image)) {
            return Optional.of(
                    "conflict: unable to delete "
                            + shortId(image)
                            + " (must be forced) - image is referenced in multiple repositories");
        }
        return users.stream().findFirst().map(user -> unable(image, "must", "stopped", user));
    }

    private static String unable(Image image, String can, String state, Container user) {
        return "conflict: unable to delete "
                + shortId(image)
                + " ("
                + can
                + " be forced) - image is being used by "
                + state
                + " container "
                + user.shortId();
    }

    private static String shortId(Image image) {
        return image.id().hex().substring(0, 12);
    }
}
