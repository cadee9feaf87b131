package dev.rootbound.image;

import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Makes an image of another one and a layer on top. */
public final class Commit {
    /** What the new configuration has of the old one as it is. */
    private static final List<String> KEPT =
            List.of("architecture", "variant", "os", "os.version", "os.features");

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final Clock clock;

    public Commit(Images images, ContentStore content, LayerSink sink, Clock clock) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.clock = clock;
    }

    /**
     * What the new image is to say of itself.
     *
     * @param asked wins over {@code container}
     * @param changes Dockerfile instructions such as {@code CMD ["sh"]} on top of {@code asked}, or
     *     of {@code container} if that says nothing
     * @param container what the container is configured to run
     * @param createdBy the command that made the layer
     * @param author may be empty
     * @param comment may be empty
     */
    public record Request(
            ImageConfig.Defaults asked,
            List<String> changes,
            ImageConfig.Defaults container,
            String createdBy,
            String author,
            String comment) {}

    /**
     * Adds the image for a tenant. A commit that fails leaves nothing.
     *
     * @param parent an image of the tenant, whose layers are unpacked
     * @param layer writes a plain tar; called once, when all else has been found good
     * @throws IllegalArgumentException for a bad change
     * @throws IOException also if the parent is gone
     */
    public Image commit(
            long tenant,
            Digest parent,
            Request request,
            Optional<Reference> name,
            ContentSource layer)
            throws IOException {
        boolean nothing = request.asked().equals(ImageConfig.Defaults.NONE);
        // as Docker: changes are then to the container's own, such as a relative WORKDIR
        var config = new ConfigChanges(nothing ? request.container() : request.asked());
        request.changes().forEach(config::apply);
        config.fill(request.container());
        try (var work = new Work(images, content, sink)) {
            var below =
                    work.find(tenant, parent.toString())
                            .orElseThrow(() -> new IOException("image " + parent + " is gone"));
            ArchivedImage.refuseMore(below.layers().size() + 1);
            var tar = work.put(layer).digest();
            Failpoint.reach("commit.packed");
            var layers = new ArrayList<>(below.layers());
            layers.add(work.unpack(tar, tar)); // stored plain: what is packed at once is there
            var raw = config(below, config.toJson(), tar, request);
            var names = name.map(Reference::withDefaultTag).stream().toList();
            var addition = new Images.Addition(raw, Optional.empty(), layers, names);
            return work.add(tenant, List.of(addition)).getFirst();
        }
    }

    /** The configuration's list of layers; in an order that is every JVM's: its digest is an id. */
    static Map<String, Object> rootfs(List<Digest> diffIds) {
        return new TreeMap<>(Map.of("type", "layers", "diff_ids", diffIds));
    }

    private byte[] config(Image below, Map<String, Object> config, Digest diffId, Request request)
            throws IOException {
        var created = clock.instant().truncatedTo(ChronoUnit.MICROS).toString();
        var parent = Json.parse(content.document(below.id()), "image config");
        var document = new LinkedHashMap<String, Object>();
        for (var field : KEPT) if (parent.hasNonNull(field)) document.put(field, parent.get(field));
        if (!request.author().isEmpty()) document.put("author", request.author());
        document.put("config", config);
        document.put("created", created);
        document.put("history", history(parent, created, request));
        var diffIds = new ArrayList<>(below.diffIds());
        diffIds.add(diffId);
        document.put("rootfs", rootfs(diffIds));
        return Json.write(document);
    }

    private static List<Object> history(JsonNode parent, String created, Request request) {
        var history = new ArrayList<Object>();
        parent.path("history").forEach(history::add);
        var own = new LinkedHashMap<String, String>();
        own.put("created", created);
        own.put("created_by", request.createdBy());
        if (!request.author().isEmpty()) own.put("author", request.author());
        if (!request.comment().isEmpty()) own.put("comment", request.comment());
        history.add(own);
        return history;
    }
}
