package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An image whoever may see it; its configuration is in the content store under its id. */
record StoredImage(Digest id, ImageConfig config, String rawConfig, List<Image.Layer> layers) {
    private static final int FORMAT = 1;

    StoredImage {
        layers = List.copyOf(layers);
    }

    /**
     * @throws MalformedException if the layers are not those of the configuration
     */
    void verify() throws MalformedException {
        var diffIds = layers.stream().map(Image.Layer::diffId).toList();
        if (!diffIds.equals(config.diffIds())) {
            throw new MalformedException(
                    "image " + id + ": its layers are not those of its configuration");
        }
    }

    /** What of the content store it needs. */
    Stream<Digest> blobs() {
        return Stream.concat(Stream.of(id), layers.stream().map(Image.Layer::blob));
    }

    byte[] toJson() {
        var list =
                layers.stream()
                        .map(l -> Map.of("diffId", l.diffId(), "blob", l.blob(), "size", l.size()))
                        .toList();
        return Json.write(Map.of("format", FORMAT, "layers", list));
    }

    static List<Image.Layer> layersOf(byte[] json) throws MalformedException {
        var fields = Json.object(json, "image record");
        if (fields.number("format") != FORMAT) {
            throw fields.malformed("has format " + fields.number("format"));
        }
        var layers = new ArrayList<Image.Layer>();
        for (var layer : fields.objects("layers")) {
            layers.add(
                    new Image.Layer(
                            layer.digest("diffId"), layer.digest("blob"), layer.number("size")));
        }
        return layers;
    }
}
