package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An archive as {@code docker save} writes it: manifest.json names configurations and layer tars
 * (moby image-spec v1.2, «Combined Image JSON + Filesystem Changeset Format»).
 */
final class DockerArchive {
    static final String MANIFEST = "manifest.json";

    private final ArchiveEntries archive;
    private final OciArchive oci;

    DockerArchive(ArchiveEntries archive, OciArchive oci) {
        this.archive = archive;
        this.oci = oci;
    }

    List<ArchivedImage> images() throws IOException {
        var document = archive.document(archive.get(MANIFEST, "the archive"), MANIFEST);
        var list = Json.parse(document, MANIFEST);
        if (!list.isArray()) throw new MalformedException(MANIFEST + " is not a list");
        var images = new ArrayList<ArchivedImage>();
        for (var element : list) {
            images.add(image(Fields.of(element, MANIFEST + "[" + images.size() + "]")));
        }
        return images;
    }

    private ArchivedImage image(Fields manifest) throws IOException {
        refuseForeign(manifest);
        var configName = manifest.text("Config");
        var config = archive.document(archive.get(configName, MANIFEST), configName);
        var layers = new ArrayList<Digest>();
        for (var name : manifest.texts("Layers")) {
            layers.add(archive.get(name, MANIFEST).digest());
        }
        var names = ArchivedImage.references(manifest.texts("RepoTags"), MANIFEST);
        var stored = oci.manifestOf(Sha256.of(config), layers); // newer archives have one too
        return ArchivedImage.of(config, stored, layers, names);
    }

    private static void refuseForeign(Fields manifest) throws MalformedException {
        var sources = manifest.objectOrEmpty("LayerSources");
        for (var diffId : manifest.keys("LayerSources")) {
            if (MediaTypes.isForeignLayer(sources.objectOrEmpty(diffId).text("mediaType"))) {
                throw sources.malformed("has the foreign layer " + diffId);
            }
        }
    }
}
