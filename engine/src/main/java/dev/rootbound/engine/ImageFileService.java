package dev.rootbound.engine;

import dev.rootbound.image.ArchiveSaver;
import dev.rootbound.image.Image;
import dev.rootbound.image.ImageCheck;
import java.io.IOException;
import java.util.List;

/** Commits, saves and verifies. */
final class ImageFileService implements ImageFiles {
    private final EngineParts parts;
    private final Lookup lookup;
    private final ImageService images;
    private final ContainerCommit commit;
    private final TenantLimiter limiter;
    private final EventLog events;

    ImageFileService(
            EngineParts parts,
            Lookup lookup,
            ImageService images,
            ContainerCommit commit,
            TenantLimiter limiter,
            EventLog events) {
        this.limiter = limiter;
        this.parts = parts;
        this.lookup = lookup;
        this.images = images;
        this.commit = commit;
        this.events = events;
    }

    @Override
    public Image commit(Caller caller, String container, Commit asked) {
        var entry = lookup.find(caller, container);
        if (!entry.container().tenant().equals(caller.tenant())) {
            throw new EngineException.Denied(
                    "commit container "
                            + entry.container().name()
                            + ": it is another tenant's, whose the image would be, too: commit it as"
                            + " that user");
        }
        return LocalEngine.worded(
                "commit container " + entry.container().name(),
                () -> {
                    limiter.refuseFull(
                            caller.tenant(), "commit container " + entry.container().name());
                    var made = commit.commit(entry, asked);
                    images.inside().named(caller, made);
                    return made;
                });
    }

    @Override
    public void save(Caller caller, List<String> names, Destination to) {
        LocalEngine.worded(
                "save " + String.join(" ", names),
                () -> {
                    saved(caller, names, to);
                    return null;
                });
    }

    private void saved(Caller caller, List<String> names, Destination to) throws IOException {
        var chosen = new SaveNames(images).choose(caller, names);
        var saver = new ArchiveSaver(parts.images(), parts.content());
        for (var image : saver.save(caller.tenant().uid(), chosen, to::open)) {
            events.publish(caller.tenant(), image, "save", image.id().toString());
        }
    }

    @Override
    public List<String> verify(Caller caller, String name) {
        return LocalEngine.worded(
                "verify image " + name,
                () -> {
                    var image = images.hold(caller, name);
                    try {
                        return new ImageCheck(parts.images(), parts.content(), parts.layers())
                                .problems(caller.tenant().uid(), image);
                    } finally {
                        images.release(image.diffIds());
                    }
                });
    }
}
