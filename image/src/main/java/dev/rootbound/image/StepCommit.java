package dev.rootbound.image;

import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps what the steps of a build make, and makes an image of the last. */
public final class StepCommit {
    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final InstantSource clock;

    public StepCommit(Images images, ContentStore content, LayerSink sink, InstantSource clock) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.clock = clock;
    }

    /** No files, for {@code FROM scratch}. */
    public StepFiles nothing(long tenant, Digest key, Platform platform) throws IOException {
        try (var _ = new Work(images, content, sink)) {
            var made = new BuildStep.Made("FROM scratch", clock.instant());
            return add(tenant, key, made, platform.os(), platform.architecture(), List.of());
        }
    }

    /** What a step with this key has made before. */
    public Optional<StepFiles> made(long tenant, Digest key) throws IOException {
        return images.useStep(tenant, key, clock.instant());
    }

    /** Has another key, too, find a step's files. */
    public void alias(long tenant, Digest key, Digest other) throws IOException {
        images.aliasStep(tenant, key, other);
    }

    /**
     * A step's files, on those of an image or of another step. One that fails leaves nothing.
     *
     * @param below an image of the tenant, or a step's, whose layers are unpacked
     * @param key by which another build finds it
     * @param layer writes a plain tar; if that is empty, no layer is added
     * @throws IOException also if what is below is gone
     */
    public StepFiles commit(long tenant, Digest below, Digest key, String what, ContentSource layer)
            throws IOException {
        try (var work = new Work(images, content, sink)) {
            var on = below(tenant, below, work);
            ArchivedImage.refuseMore(on.layers().size() + 1);
            var tar = work.put(layer);
            Failpoint.reach("build.packed");
            var layers = new ArrayList<>(on.layers());
            if (tar.size() > TarOutput.EMPTY) {
                layers.add(work.unpack(tar.digest(), tar.digest()));
                content.sync(List.of(tar.digest()));
            }
            return add(tenant, key, new BuildStep.Made(what, clock.instant()), on, layers);
        }
    }

    /**
     * A step's files as a cache has them, on those of an image or of another step. One that fails
     * leaves nothing.
     *
     * @param below an image of the tenant, or a step's, whose layers are unpacked
     * @param found the key by which the cache has it
     * @param key by which another build finds it here
     */
    public StepFiles imported(
            long tenant, Digest below, StepSource from, Digest found, Digest key, String what)
            throws IOException {
        try (var work = new Work(images, content, sink)) {
            var on = below(tenant, below, work);
            var step = from.step(found);
            var layers = new ArrayList<>(on.layers());
            if (step.layer().isPresent()) {
                ArchivedImage.refuseMore(layers.size() + 1);
                var layer = layer(tenant, step.layer().get(), from, work);
                layers.add(layer);
                content.sync(List.of(layer.blob()));
            }
            return add(tenant, key, new BuildStep.Made(what, step.created()), on, layers);
        }
    }

    /** One that the tenant has is not fetched. */
    private Image.Layer layer(long tenant, Digest diffId, StepSource from, Work work)
            throws IOException {
        for (var own : images.layers(tenant, diffId)) {
            if (work.keep(own.blob())) return work.unpack(diffId, own.blob());
        }
        return from.layer(diffId, work, sink.maxSize());
    }

    private static Image below(long tenant, Digest id, Work work) throws IOException {
        return work.find(tenant, id.toString())
                .orElseThrow(() -> new IOException("build step " + id + " is gone"));
    }

    private StepFiles add(
            long tenant, Digest key, BuildStep.Made made, Image on, List<Image.Layer> layers)
            throws IOException {
        return add(tenant, key, made, on.config().os(), on.config().architecture(), layers);
    }

    private StepFiles add(
            long tenant,
            Digest key,
            BuildStep.Made made,
            String os,
            String architecture,
            List<Image.Layer> layers)
            throws IOException {
        var document = new TreeMap<String, Object>();
        document.put("architecture", architecture);
        document.put("config", Map.of());
        document.put("os", os);
        var diffIds = layers.stream().map(Image.Layer::diffId).toList();
        document.put("rootfs", Commit.rootfs(diffIds));
        var addition =
                new Images.Addition(Json.write(document), Optional.empty(), layers, List.of());
        return images.addStep(tenant, key, made, addition, clock.instant());
    }

    /**
     * An image of a step's files.
     *
     * @param config the exact bytes of its configuration, which names the step's layers
     */
    public Image finish(long tenant, Digest step, byte[] config, List<Reference> names)
            throws IOException {
        try (var work = new Work(images, content, sink)) {
            var files = below(tenant, step, work);
            var addition = new Images.Addition(config, Optional.empty(), files.layers(), names);
            return work.add(tenant, List.of(addition)).getFirst();
        }
    }
}
