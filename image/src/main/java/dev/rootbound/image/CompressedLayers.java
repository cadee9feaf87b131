package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.zip.GZIPOutputStream;

/**
 * Gives an image whose layers are stored plain, as {@code docker save} writes them, compressed ones
 * in their place: once, so that it is pushed with the same digests each time.
 */
final class CompressedLayers {
    private static final int BUFFER = 64 << 10;

    private final Images images;
    private final ContentStore content;

    CompressedLayers(Images images, ContentStore content) {
        this.images = images;
        this.content = content;
    }

    /** The image itself if nothing is to be done. */
    Image of(Image image, Work work) throws IOException, InterruptedException {
        var manifest = Manifest.parse(content.document(image.manifest()));
        if (manifest.layers().stream().noneMatch(CompressedLayers::isPlain)) return image;
        var descriptors = new ArrayList<Descriptor>();
        try (var tasks = new SideBySide<Descriptor>()) {
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
                new Manifest(
                        MediaTypes.OCI_MANIFEST,
                        manifest.config(),
                        java.util.List.copyOf(descriptors));
        content.sync(layers.stream().map(Image.Layer::blob).toList());
        return images.restored(image, after.toJson(), layers);
    }

    private static boolean isPlain(Descriptor layer) {
        return layer.mediaType().endsWith(".tar");
    }

    private Descriptor compressed(Descriptor layer, Work work)
            throws IOException, InterruptedException {
        var pipe = Pipe.open();
        try (var tasks = new SideBySide<Blob>()) {
            tasks.start(() -> {
                try (var in = content.open(layer.digest());
                        var out =
                                new GZIPOutputStream(
                                        Channels.newOutputStream(pipe.sink()), BUFFER)) {
                    in.transferTo(out);
                }
                return new Blob(layer.digest(), layer.size());
            });
            tasks.start(() -> {
                try (var in = Channels.newInputStream(pipe.source())) {
                    return work.put(in, null);
                }
            });
            var blob = tasks.results().getLast();
            return new Descriptor(MediaTypes.OCI_LAYER + "+gzip", blob.digest(), blob.size());
        }
    }
}
