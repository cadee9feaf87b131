package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;

/**
 * Writes what steps of builds have made as an archive for other engines: an OCI layout. The same
 * steps are the same bytes.
 */
public final class StepExport {
    private static final String BLOBS = "blobs/sha256/";

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;

    public StepExport(Images images, ContentStore content, LayerSink sink) {
        this.images = images;
        this.content = content;
        this.sink = sink;
    }

    /**
     * Writes an archive; the stream stays open.
     *
     * @throws IOException also if the tenant has a step's layer no more
     */
    public void save(long tenant, StepCache cache, ArchiveSaver.Destination to)
            throws IOException, InterruptedException {
        try (var work = new Work(images, content, sink)) {
            var manifest = new CompressedLayers(images, content).manifest(tenant, cache, work);
            var bytes = manifest.toJson();
            var blob = work.put(new ByteArrayInputStream(bytes), null);
            var all = new TreeSet<>(List.of(blob.digest(), manifest.config().digest()));
            manifest.layers().forEach(layer -> all.add(layer.digest()));
            var tar = new ArchiveOutput(to.open());
            tar.directory("blobs/");
            tar.directory(BLOBS);
            for (var each : all) tar.blob(BLOBS + each.hex(), each, content);
            tar.document("index.json", index(blob));
            tar.document("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
            tar.finish();
        }
    }

    private static byte[] index(Blob manifest) {
        var descriptor =
                new Descriptor(MediaTypes.OCI_MANIFEST, manifest.digest(), manifest.size())
                        .fields();
        descriptor.put("artifactType", StepCache.TYPE);
        var index = new LinkedHashMap<String, Object>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        index.put("manifests", List.of(descriptor));
        return Json.write(index);
    }
}
