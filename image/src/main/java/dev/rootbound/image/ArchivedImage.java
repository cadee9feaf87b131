package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image as an archive describes it, its layers not yet verified.
 *
 * @param manifest of an OCI layout
 * @param layers blobs, bottom first, as many as the configuration has diffIds
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
record ArchivedImage(
        byte[] rawConfig,
        Optional<byte[]> manifest,
        ImageConfig config,
        List<Digest> layers,
        List<Reference> names) {
    /** As Docker's: each layer costs a mount of the image, and each directory of it a look. */
    private static final int MAX_LAYERS = 127;

    /**
     * @throws MalformedException if it cannot be an image of this engine
     */
    static ArchivedImage of(
            byte[] rawConfig, Optional<byte[]> manifest, List<Digest> layers, List<Reference> names)
            throws MalformedException {
        var config = ImageConfig.parse(rawConfig);
        if (!config.os().isEmpty() && !config.os().equals("linux")) {
            throw new MalformedException("the image is for " + config.os() + ", not for linux");
        }
        if (config.diffIds().size() != layers.size()) {
            throw new MalformedException(
                    "the image's configuration has "
                            + config.diffIds().size()
                            + " layers, its manifest "
                            + layers.size());
        }
        refuseMore(layers.size());
        return new ArchivedImage(rawConfig, manifest, config, layers, names);
    }

    static void refuseMore(int layers) throws MalformedException {
        if (layers > MAX_LAYERS) {
            throw new MalformedException(
                    "the image has "
                            + layers
                            + " layers, the limit is "
                            + MAX_LAYERS
                            + "; docker export and docker import make them one");
        }
    }

    /** Names from an archive, with a tag. */
    static List<Reference> references(List<String> texts, String where) throws MalformedException {
        var references = new ArrayList<Reference>();
        for (var text : texts) {
            try {
                var reference = Reference.parse(text).withDefaultTag();
                // a digest says where it was pulled from: an archive cannot
                if (reference.digest() == null) references.add(reference);
            } catch (IllegalArgumentException e) {
                throw new MalformedException(where + ": name '" + text + "': " + e.getMessage());
            }
        }
        return List.copyOf(references);
    }
}
