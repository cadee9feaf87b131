package dev.rootbound.engine;

import dev.rootbound.image.Commit;
import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.rootfs.LayerRules;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a container's writable layer an image. */
final class ContainerCommit {
    private final EngineParts parts;
    private final Freezer freezer;
    private final InFlight inFlight;
    private final EventLog events;

    ContainerCommit(EngineParts parts, Freezer freezer, InFlight inFlight, EventLog events) {
        this.parts = parts;
        this.freezer = freezer;
        this.inFlight = inFlight;
        this.events = events;
    }

    Image commit(ContainerEntry entry, ImageFiles.Commit asked) throws IOException {
        var name = name(asked.name());
        try (var _ = inFlight.begin()) {
            Life.refuseGone(entry);
            var container = entry.container();
            var image =
                    new Commit(parts.images(), parts.content(), parts.layers(), parts.clock())
                            .commit(
                                    container.tenant().uid(),
                                    container.imageId(),
                                    request(container, parent(container), asked),
                                    name,
                                    out -> pack(entry, asked.pause(), out));
            publish(container, image, name, asked.comment());
            return image;
        }
    }

    private static Optional<Reference> name(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var name = Reference.parse(text);
        if (name.digest() != null) {
            throw new EngineException.Invalid("cannot commit to digest reference");
        }
        return Optional.of(name.withDefaultTag());
    }

    private Image parent(Container container) {
        var id = container.imageId().toString();
        return parts.images()
                .find(container.tenant().uid(), id)
                .orElseThrow(() ->
                        new EngineException.Conflict(
                                "commit container "
                                        + container.name()
                                        + ": its image "
                                        + id
                                        + " was removed; load it again, or export the container"));
    }

    private static Commit.Request request(
            Container container, Image parent, ImageFiles.Commit asked) {
        return new Commit.Request(
                asked.config(),
                asked.changes(),
                config(container.spec(), parent.config().config(), asked),
                String.join(" ", orEmpty(container.spec().cmd())),
                asked.author(),
                asked.comment());
    }

    /** What the container runs, as an image says it. */
    private static ImageConfig.Defaults config(
            ContainerSpec spec, ImageConfig.Defaults image, ImageFiles.Commit asked) {
        var health = spec.health();
        boolean undirected = spec.workingDir().equals("/") && image.workingDir().isEmpty();
        return new ImageConfig.Defaults(
                spec.user(),
                spec.env(),
                orEmpty(spec.entrypoint()),
                orEmpty(spec.cmd()),
                undirected ? "" : spec.workingDir(),
                spec.labels(),
                both(image.volumes(), asked.volumes()),
                both(image.exposedPorts(), asked.exposedPorts()),
                Objects.requireNonNullElse(spec.stopSignal(), ""),
                health == null ? null : health.toImage(),
                List.of());
    }

    private static List<String> both(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).distinct().sorted().toList();
    }

    private static List<String> orEmpty(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private void pack(ContainerEntry entry, boolean pause, OutputStream out) throws IOException {
        try (var _ = pause ? freezer.hold(entry) : Freezer.Held.NOTHING) {
            Failpoint.reach("commit.held");
            var container = entry.container();
            parts.snapshots()
                    .tree(container.id(), container.layers())
                    .pack(out, LayerRules.ALL, null);
            if (entry.isDeleted()) {
                throw new IOException("it was deleted meanwhile");
            }
        }
    }

    private void publish(
            Container container, Image image, Optional<Reference> name, String comment) {
        var reference = name.map(Reference::familiar).orElse("");
        events.publish(
                container,
                "commit",
                Map.of(
                        "comment", comment,
                        "imageID", image.id().toString(),
                        "imageRef", reference));
        if (!reference.isEmpty()) {
            events.publish(container.tenant(), image, "tag", reference);
        }
    }
}
