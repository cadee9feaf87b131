package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Gives an image whose layers are stored plain, as {@code docker save} writes them, compressed ones
 * in their place: once, so that it is pushed with the same digests each time. And gives build
 * caches such layers.
 */
final class CompressedLayers {
    /** One is left to others. */
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors() - 1;

    private static final int BUFFER = 64 << 10;

    private final Images images;
    private final ContentStore content;

    CompressedLayers(Images images, ContentStore content) {
        this.images = images;
        this.content = content;
    }

    /**
     * Does nothing if no layer is plain, or somebody was quicker.
     *
     * @param image held by {@code work}
     */
    void restore(Image image, Work work) throws IOException, InterruptedException {
        var manifest = Manifest.parse(content.document(image.manifest()));
        if (manifest.layers().stream().noneMatch(CompressedLayers::isPlain)) return;
        var descriptors = new ArrayList<Descriptor>();
        try (var tasks = SideBySide.<Descriptor>onProcessors(PROCESSORS, "compress-layer")) {
            for (var layer : manifest.layers()) {
                tasks.start(() -> isPlain(layer) ? compressed(layer, work) : layer);
            }
            descriptors.addAll(tasks.results());
        }
        var layers = new ArrayList<Image.Layer>();
        for (int i = 0; i < descriptors.size(); i++) {
            var layer = image.layers().get(i);
            layers.add(new Image.Layer(layer.diffId(), descriptors.get(i).digest(), layer.size()));
        }
        var after =
                new Manifest(MediaTypes.OCI_MANIFEST, manifest.config(), List.copyOf(descriptors));
        content.sync(layers.stream().map(Image.Layer::blob).toList());
        images.restore(image, after.toJson(), layers);
    }

    /**
     * A manifest of what steps have made, whose layers are compressed; what it names is held by the
     * work.
     *
     * @throws IOException also if the tenant has a layer no more
     */
    Manifest manifest(long tenant, StepCache cache, Work work)
            throws IOException, InterruptedException {
        var config = work.put(new ByteArrayInputStream(cache.toJson()), null);
        var layers = new ArrayList<Descriptor>();
        try (var tasks = SideBySide.<Descriptor>onProcessors(PROCESSORS, "compress-layer")) {
            for (var diffId : cache.layers()) {
                tasks.start(() -> {
                    var stored = stored(tenant, diffId, work);
                    return isPlain(stored) ? compressed(stored, work) : stored;
                });
            }
            layers.addAll(tasks.results());
        }
        return new Manifest(
                MediaTypes.OCI_MANIFEST,
                new Descriptor(StepCache.TYPE, config.digest(), config.size()),
                List.copyOf(layers));
    }

    /** One that is compressed already, if there is. */
    private Descriptor stored(long tenant, Digest diffId, Work work) throws IOException {
        Descriptor found = null;
        for (var layer : images.layers(tenant, diffId)) {
            if (!work.keep(layer.blob())) continue;
            found = descriptor(layer.blob());
            if (!isPlain(found)) return found;
        }
        if (found == null) {
            throw new IOException(
                    "layer " + diffId + " of the build cache is gone: it was pruned meanwhile");
        }
        return found;
    }

    private Descriptor descriptor(Digest blob) throws IOException {
        try (var in = content.open(blob)) {
            return new Descriptor(Compression.layerMediaType(in), blob, content.size(blob));
        }
    }

    private static boolean isPlain(Descriptor layer) {
        return layer.mediaType().endsWith(".tar");
    }

    private Descriptor compressed(Descriptor layer, Work work) throws IOException {
        var blob =
                work.put(out -> {
                    try (var in = content.open(layer.digest())) {
                        var gzip = new GZIPOutputStream(out, BUFFER);
                        in.transferTo(gzip);
                        gzip.finish();
                    }
                });
        return new Descriptor(MediaTypes.OCI_LAYER + "+gzip", blob.digest(), blob.size());
    }
}
