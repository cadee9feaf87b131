package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * An image as it is stored.
 *
 * @param id the digest of its configuration, Docker's image id
 * @param config parsed
 * @param rawConfig the configuration's exact bytes as text
 * @param manifest the digest of a manifest whose layers are the stored blobs; itself a blob
 * @param layers bottom first
 * @param names the caller's names for it, familiar form with tag ({@code
 *     rootbound/busybox:latest}), sorted
 * @param digests {@code NAME@sha256:…} by which it was pulled
 */
public record Image(
        Digest id,
        ImageConfig config,
        String rawConfig,
        Digest manifest,
        List<Layer> layers,
        List<String> names,
        List<String> digests) {

    /**
     * One layer.
     *
     * @param diffId the digest of its uncompressed tar
     * @param blob the digest of its tar as stored, compressed or not
     * @param size bytes of the uncompressed tar
     */
    public record Layer(Digest diffId, Digest blob, long size) {}

    /** Of its layers, bottom first. */
    public List<Digest> diffIds() {
        return layers.stream().map(Layer::diffId).toList();
    }

    /** What Docker names a layer on those below (OCI image-spec config.md, «Layer ChainID»). */
    public List<Digest> chainIds() {
        var ids = new ArrayList<Digest>();
        for (var layer : layers) {
            var pair = ids.isEmpty() ? null : ids.getLast() + " " + layer.diffId();
            ids.add(pair == null ? layer.diffId() : Sha256.of(pair.getBytes(US_ASCII)));
        }
        return ids;
    }

    /** Bytes, the sum of the uncompressed layers. */
    public long size() {
        return layers.stream().mapToLong(Layer::size).sum();
    }
}
