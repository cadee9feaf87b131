package dev.rootbound.engine;

import dev.rootbound.image.ArchiveSaver;
import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which images and tags are meant by the names that a save is given, as Docker reads them. */
final class SaveNames {
    private final ImageService images;

    SaveNames(ImageService images) {
        this.images = images;
    }

    /** In the order of the names; an image may come several times. */
    List<ArchiveSaver.Chosen> choose(Caller caller, List<String> names) throws IOException {
        if (names.isEmpty()) {
            throw new EngineException.Invalid("no image to save: name one at least");
        }
        var chosen = new ArrayList<ArchiveSaver.Chosen>();
        for (var name : names) {
            var tags = repository(caller, name);
            if (tags.isEmpty()) {
                chosen.add(one(name, images.find(caller, name)));
            }
            chosen.addAll(tags);
        }
        return chosen;
    }

    /** All tags of a name that has none itself. */
    private List<ArchiveSaver.Chosen> repository(Caller caller, String text) {
        var wanted = reference(text).filter(name -> name.tag() == null && name.digest() == null);
        var tags = new ArrayList<ArchiveSaver.Chosen>();
        if (wanted.isEmpty()) {
            return tags;
        }
        for (var image : images.list(caller)) {
            for (var each : image.names()) {
                var name = Reference.parse(each);
                if (name.familiarName().equals(wanted.get().familiarName())) {
                    tags.add(new ArchiveSaver.Chosen(image.id(), Optional.of(name)));
                }
            }
        }
        return tags;
    }

    private static Optional<Reference> reference(String text) {
        try {
            return Optional.of(Reference.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an id
        }
    }

    /** By id or digest an image has no name in the archive. */
    private static ArchiveSaver.Chosen one(String text, Image image) {
        var name =
                reference(text)
                        .map(Reference::withDefaultTag)
                        .filter(tagged -> image.names().contains(tagged.familiar()));
        return new ArchiveSaver.Chosen(image.id(), name);
    }
}
