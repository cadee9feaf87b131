package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.RemoteManifest;
import dev.rootbound.registry.RemoteRepository;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An image as its registry describes it, for one platform.
 *
 * @param digest of what the reference names: this manifest, or the index that it is in
 * @param rawManifest the manifest's exact bytes
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
record RemoteImage(Digest digest, Manifest manifest, byte[] rawManifest) {
    /** Indexes within indexes; one is usual. */
    private static final int MAX_DEPTH = 4;

    /**
     * @param reference tag or digest
     * @throws MalformedException if it is no image, or none for the platform
     */
    static RemoteImage find(RemoteRepository remote, String reference, Platform platform)
            throws IOException, InterruptedException {
        var top = remote.manifest(reference);
        var found = top;
        for (int depth = 0; MediaTypes.isIndex(found.mediaType()); depth++) {
            if (depth == MAX_DEPTH) throw new MalformedException("indexes are nested too deep");
            var choice = choose(Index.parse(found.bytes()), platform);
            found = remote.manifest(choice.digest().toString());
        }
        return new RemoteImage(top.digest(), manifest(found), found.bytes());
    }

    /** Of its manifest, and of the index that it was chosen from. */
    List<Digest> digests() {
        return Stream.of(digest, Sha256.of(rawManifest)).distinct().toList();
    }

    private static Manifest manifest(RemoteManifest found) throws MalformedException {
        var manifest = Manifest.parse(found.bytes());
        if (!MediaTypes.isImageConfig(manifest.config().mediaType())) {
            throw new MalformedException(
                    "manifest "
                            + found.digest()
                            + " is of no image but "
                            + manifest.config().mediaType());
        }
        for (var layer : manifest.layers()) {
            if (MediaTypes.isForeignLayer(layer.mediaType())) {
                throw new MalformedException(
                        "layer "
                                + layer.digest()
                                + " is foreign ("
                                + layer.mediaType()
                                + "): it is not in the registry but with somebody else");
            }
        }
        return manifest;
    }

    /** An image's configuration, verified. */
    static byte[] config(RemoteRepository remote, Manifest manifest) throws IOException {
        var descriptor = manifest.config();
        if (descriptor.size() > Json.MAX_DOCUMENT) {
            throw new MalformedException(
                    "the image's configuration has "
                            + descriptor.size()
                            + " bytes, the limit is "
                            + Json.MAX_DOCUMENT);
        }
        try (var in = remote.blob(descriptor, 0)) {
            var raw = in.readAllBytes();
            if (Sha256.of(raw).equals(descriptor.digest())) return raw;
            throw new MalformedException(
                    "the image's configuration has digest "
                            + Sha256.of(raw)
                            + ", not "
                            + descriptor.digest()
                            + "; the registry's content is damaged");
        }
    }

    private static Descriptor choose(Index index, Platform platform) throws MalformedException {
        var images = index.manifests().stream().filter(d -> !OciArchive.isProvenance(d)).toList();
        return images.stream()
                .filter(d -> d.platform().map(platform::runs).orElse(false))
                .findFirst()
                .or(() -> images.stream().filter(d -> d.platform().isEmpty()).findFirst())
                .orElseThrow(() ->
                        new MalformedException(
                                "no matching manifest for "
                                        + platform
                                        + " in the manifest list entries: it has "
                                        + platforms(images)));
    }

    private static String platforms(List<Descriptor> images) {
        return images.stream()
                .flatMap(d -> d.platform().stream())
                .map(Platform::toString)
                .distinct()
                .limit(20)
                .collect(Collectors.joining(", "));
    }
}
