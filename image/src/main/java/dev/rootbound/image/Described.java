package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.RemoteManifest;
import dev.rootbound.registry.RemoteRepository;
import java.io.IOException;
import java.util.List;

/**
 * What a registry says of an image, without its being pulled.
 *
 * @param manifest or index, that the reference names
 * @param platforms that the image is for
 */
public record Described(Descriptor manifest, List<Platform> platforms) {
    /**
     * Asks the registry.
     *
     * @throws dev.rootbound.registry.RegistryException if it does not tell
     * @throws MalformedException if what it has is no image
     */
    public static Described of(RemoteRepository remote, Reference reference)
            throws IOException, InterruptedException {
        var found = remote.manifest(reference.tagOrDigest());
        var manifest = new Descriptor(found.mediaType(), found.digest(), found.bytes().length);
        return new Described(manifest, platforms(remote, found));
    }

    private static List<Platform> platforms(RemoteRepository remote, RemoteManifest found)
            throws IOException {
        if (MediaTypes.isIndex(found.mediaType())) {
            return Index.parse(found.bytes()).manifests().stream()
                    .filter(manifest -> !OciArchive.isProvenance(manifest))
                    .flatMap(manifest -> manifest.platform().stream())
                    .toList();
        }
        var config = RemoteImage.config(remote, Manifest.parse(found.bytes()));
        return List.of(ImageConfig.parse(config).platform());
    }
}
