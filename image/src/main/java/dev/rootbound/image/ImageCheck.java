package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what is stored of an image with its digests, and its unpacked layers with their tars.
 */
public final class ImageCheck {
    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;

    public ImageCheck(Images images, ContentStore content, LayerSink sink) {
        this.images = images;
        this.content = content;
        this.sink = sink;
    }

    /**
     * Reads all of it.
     *
     * @param image of the tenant, whose layers are held
     * @return what is wrong, a sentence each
     */
    public List<String> problems(long tenant, Image image) throws IOException {
        var problems = new ArrayList<String>();
        try (var hold = content.hold()) {
            if (images.keep(tenant, image.id().toString(), hold).isEmpty()) {
                throw new IOException("image " + image.id() + " is gone");
            }
            blob("configuration", image.id(), problems);
            blob("manifest", image.manifest(), problems);
            for (var layer : image.layers().stream().distinct().toList()) layer(layer, problems);
        }
        return problems;
    }

    /** Whether it is as it was. */
    private boolean blob(String what, Digest digest, List<String> problems) {
        try (var in = content.open(digest)) {
            var found = Sha256.of(in);
            if (found.equals(digest)) return true;
            problems.add(what + " " + digest + " is damaged: its content has digest " + found);
        } catch (IOException e) {
            problems.add(what + " " + digest + " cannot be read: " + e);
        }
        return false;
    }

    /** A damaged blob says nothing of the unpacked tree. */
    private void layer(Image.Layer layer, List<String> problems) throws IOException {
        if (!blob("layer", layer.blob(), problems)) return;
        try (var raw = content.open(layer.blob());
                var tar =
                        new VerifiedLayer(
                                layer.diffId(), Long.MAX_VALUE, Compression.decompress(raw))) {
            for (var each : sink.check(layer.diffId(), tar)) {
                problems.add("layer " + layer.diffId() + ": " + each);
            }
            long size = tar.drain();
            if (size != layer.size()) {
                problems.add(
                        "layer " + layer.diffId() + " has " + size + " bytes, not " + layer.size());
            }
        }
    }
}
