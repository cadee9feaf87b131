package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An image whoever may see it; its configuration is in the content store under its id.
 *
 * @param manifest in the content store, of just these blobs
 */
record StoredImage(
        Digest id,
        ImageConfig config,
        String rawConfig,
        Digest manifest,
        List<Image.Layer> layers) {
    private static final int FORMAT = 1;

    StoredImage {
        layers = List.copyOf(layers);
    }

    /**
     * @throws MalformedException if the layers are not those of the configuration and of the
     *     manifest
     */
    void verify(Manifest stored) throws MalformedException {
        var blobs = layers.stream().map(Image.Layer::blob).toList();
        if (!stored.config().digest().equals(id)
                || !stored.layers().stream().map(Descriptor::digest).toList().equals(blobs)) {
            throw new MalformedException(
                    "image " + id + ": its manifest " + manifest + " is of another image");
        }
        var diffIds = layers.stream().map(Image.Layer::diffId).toList();
        if (!diffIds.equals(config.diffIds())) {
            throw new MalformedException(
                    "image " + id + ": its layers are not those of its configuration");
        }
    }

    /** What of the content store it needs. */
    Stream<Digest> blobs() {
        return Stream.concat(Stream.of(id, manifest), layers.stream().map(Image.Layer::blob));
    }

    byte[] toJson() {
        var list =
                layers.stream()
                        .map(l -> Map.of("diffId", l.diffId(), "blob", l.blob(), "size", l.size()))
                        .toList();
        return Json.write(Map.of("format", FORMAT, "manifest", manifest, "layers", list));
    }

    /** An image's record. */
    static Fields fields(byte[] json) throws MalformedException {
        var fields = Json.object(json, "image record");
        if (fields.number("format") != FORMAT) {
            throw fields.malformed("has format " + fields.number("format"));
        }
        return fields;
    }

    static List<Image.Layer> layersOf(Fields fields) throws MalformedException {
        var layers = new ArrayList<Image.Layer>();
        for (var layer : fields.objects("layers")) {
            layers.add(
                    new Image.Layer(
                            layer.digest("diffId"), layer.digest("blob"), layer.number("size")));
        }
        return layers;
    }
}
