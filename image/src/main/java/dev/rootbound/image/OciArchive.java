package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An OCI image layout in a tar (OCI image-spec image-layout.md). Every descriptor's digest and size
 * is verified; of images for several platforms that for this host is taken.
 */
final class OciArchive {
    static final String LAYOUT = "oci-layout";
    private static final String INDEX = "index.json";
    private static final String VERSION = "1.0.0";

    /** Indexes within indexes; one is usual. */
    private static final int MAX_DEPTH = 4;

    /** containerd's and BuildKit's, a whole name. */
    static final String IMAGE_NAME = "io.containerd.image.name";

    /** A whole name (skopeo, podman), or no more than a tag, which names nothing. */
    static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** BuildKit's provenance, which is no image (docs: attestation-storage.md). */
    private static final String REFERENCE_TYPE = "vnd.docker.reference.type";

    private final ArchiveEntries archive;
    private final Platform host;

    OciArchive(ArchiveEntries archive, Platform host) {
        this.archive = archive;
        this.host = host;
    }

    List<ArchivedImage> images() throws IOException {
        var layout = archive.document(archive.get(LAYOUT, "the archive"), LAYOUT);
        var version = Json.object(layout, LAYOUT).text("imageLayoutVersion");
        if (!version.equals(VERSION)) {
            throw new MalformedException(LAYOUT + " has version '" + version + "', not " + VERSION);
        }
        var top = Index.parse(archive.document(archive.get(INDEX, "the archive"), INDEX));
        var images = new ArrayList<ArchivedImage>();
        for (var descriptor : runnable(top)) images.add(image(descriptor, names(descriptor), 0));
        return images;
    }

    /** The manifest of just these blobs, if the archive has one. */
    Optional<byte[]> manifestOf(Digest config, List<Digest> layers) throws IOException {
        var index = archive.find(INDEX);
        if (index.isEmpty()) return Optional.empty();
        for (var each : Index.parse(archive.document(index.get(), INDEX)).manifests()) {
            var blob = archive.find(path(each.digest()));
            if (blob.isEmpty() || !MediaTypes.isManifest(each.mediaType())) continue;
            var document = archive.document(blob(each), each.digest().toString());
            var manifest = Manifest.parse(document);
            var blobs = manifest.layers().stream().map(Descriptor::digest).toList();
            if (manifest.config().digest().equals(config) && blobs.equals(layers)) {
                return Optional.of(document);
            }
        }
        return Optional.empty();
    }

    private static String path(Digest digest) {
        return "blobs/sha256/" + digest.hex();
    }

    /** Those for this host, or that do not say for which. */
    private List<Descriptor> runnable(Index index) throws MalformedException {
        var images = index.manifests().stream().filter(d -> !isProvenance(d)).toList();
        var runnable = images.stream().filter(this::runs).toList();
        if (runnable.isEmpty() && !images.isEmpty()) {
            throw new MalformedException(
                    "the archive has no image for " + host + ", only for " + platforms(images));
        }
        return runnable;
    }

    /** BuildKit's word on how an image was made, which runs nowhere. */
    static boolean isProvenance(Descriptor descriptor) {
        return descriptor.annotations().containsKey(REFERENCE_TYPE);
    }

    private boolean runs(Descriptor descriptor) {
        return descriptor.platform().map(host::runs).orElse(true);
    }

    private static String platforms(List<Descriptor> descriptors) {
        return descriptors.stream()
                .flatMap(d -> d.platform().stream())
                .map(Platform::toString)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static List<Reference> names(Descriptor descriptor) throws MalformedException {
        var annotations = descriptor.annotations();
        var name = Optional.ofNullable(annotations.get(IMAGE_NAME));
        if (name.isEmpty()) {
            name =
                    Optional.ofNullable(annotations.get(REF_NAME))
                            .filter(ref -> ref.contains(":") || ref.contains("/"));
        }
        return ArchivedImage.references(name.stream().toList(), INDEX);
    }

    private ArchivedImage image(Descriptor descriptor, List<Reference> names, int depth)
            throws IOException {
        var document = archive.document(blob(descriptor), descriptor.digest().toString());
        if (isIndex(descriptor, document)) {
            if (depth == MAX_DEPTH) throw new MalformedException("indexes are nested too deep");
            var candidates = runnable(Index.parse(document));
            if (candidates.isEmpty()) throw new MalformedException("an index has no images");
            return image(candidates.getFirst(), names, depth + 1);
        }
        var manifest = Manifest.parse(document);
        if (!MediaTypes.isImageConfig(manifest.config().mediaType())) {
            throw new MalformedException(
                    "the archive holds no image but " + manifest.config().mediaType());
        }
        var config = archive.document(blob(manifest.config()), "image config");
        return ArchivedImage.of(config, Optional.of(document), layers(manifest), names);
    }

    private static boolean isIndex(Descriptor descriptor, byte[] document)
            throws MalformedException {
        if (!descriptor.mediaType().isEmpty()) return MediaTypes.isIndex(descriptor.mediaType());
        return Json.object(document, "manifest").has("manifests");
    }

    private List<Digest> layers(Manifest manifest) throws MalformedException {
        var layers = new ArrayList<Digest>();
        for (var layer : manifest.layers()) {
            if (MediaTypes.isForeignLayer(layer.mediaType())) {
                throw new MalformedException(
                        "layer " + layer.digest() + " is foreign (" + layer.mediaType() + ")");
            }
            layers.add(blob(layer).digest());
        }
        return layers;
    }

    /** One that it has, as it is described. */
    Blob blob(Descriptor descriptor) throws MalformedException {
        var name = path(descriptor.digest());
        var blob = archive.get(name, "the image");
        if (!blob.equals(new Blob(descriptor.digest(), descriptor.size()))) {
            throw new MalformedException(
                    "the archive's "
                            + name
                            + " should have "
                            + descriptor.size()
                            + " bytes, has "
                            + blob.size()
                            + " with digest "
                            + blob.digest()
                            + "; it is damaged");
        }
        return blob;
    }
}
