package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes images as one archive: an OCI layout (OCI image-spec image-layout.md), and beside it
 * manifest.json and repositories for those who read Docker's older format. Every blob is there
 * once, as it is stored; the same images are the same bytes.
 */
public final class ArchiveSaver {
    private static final String BLOBS = "blobs/sha256/";

    private final Images images;
    private final ContentStore content;

    public ArchiveSaver(Images images, ContentStore content) {
        this.images = images;
        this.content = content;
    }

    /**
     * An image to be saved.
     *
     * @param name with a tag; without one the archive does not name it
     */
    public record Chosen(Digest image, Optional<Reference> name) {}

    /** Where an archive goes. */
    public interface Destination {
        /** Asked once, when all is found. */
        OutputStream open() throws IOException;
    }

    /** An image and the names under which it is saved. */
    private record Saved(Image image, Manifest manifest, List<Reference> names) {}

    /**
     * Writes an archive; the stream stays open.
     *
     * @param chosen an image several times is in it once, with all the names
     * @return the images, each once
     * @throws IOException also if an image has gone, or what is stored of one is damaged: the
     *     archive is then cut short
     */
    public List<Image> save(long tenant, List<Chosen> chosen, Destination to) throws IOException {
        try (var hold = content.hold()) {
            var all = found(tenant, chosen, hold);
            var tar = new ArchiveOutput(to.open());
            tar.directory("blobs/");
            tar.directory(BLOBS);
            for (var blob : blobs(all)) tar.blob(BLOBS + blob.hex(), blob, content);
            tar.document("index.json", Json.write(index(all)));
            tar.document("manifest.json", Json.write(all.stream().map(this::entry).toList()));
            tar.document("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
            tar.document("repositories", Json.write(repositories(all)));
            tar.finish();
            return all.stream().map(Saved::image).toList();
        }
    }

    private List<Saved> found(long tenant, List<Chosen> chosen, ContentStore.Hold hold)
            throws IOException {
        var all = new LinkedHashMap<Digest, Saved>();
        for (var each : chosen) {
            var saved = all.get(each.image());
            if (saved == null) {
                var image = images.keep(tenant, each.image().toString(), hold).orElse(null);
                if (image == null) throw new IOException("image " + each.image() + " is gone");
                var manifest = Manifest.parse(content.document(image.manifest()));
                saved = new Saved(image, manifest, new ArrayList<>());
                all.put(each.image(), saved);
            }
            var names = saved.names();
            each.name().filter(name -> !names.contains(name)).ifPresent(names::add);
        }
        return List.copyOf(all.values());
    }

    private static SortedSet<Digest> blobs(List<Saved> all) {
        var blobs = new TreeSet<Digest>();
        for (var each : all) {
            blobs.add(each.image().id());
            blobs.add(each.image().manifest());
            each.image().layers().forEach(layer -> blobs.add(layer.blob()));
        }
        return blobs;
    }

    /** A descriptor for each name, as containerd and Docker write it. */
    private Map<String, Object> index(List<Saved> all) throws IOException {
        var manifests = new ArrayList<Object>();
        for (var each : all) {
            for (var name : each.names()) {
                var descriptor = descriptor(each);
                descriptor.put(
                        "annotations",
                        new TreeMap<>(
                                Map.of(
                                        OciArchive.IMAGE_NAME,
                                        name.canonical(),
                                        OciArchive.REF_NAME,
                                        String.valueOf(name.tag()))));
                manifests.add(descriptor);
            }
            if (each.names().isEmpty()) manifests.add(descriptor(each));
        }
        var index = new LinkedHashMap<String, Object>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        index.put("manifests", manifests);
        return index;
    }

    private Map<String, Object> descriptor(Saved saved) throws IOException {
        var manifest = saved.image().manifest();
        return new Descriptor(saved.manifest().mediaType(), manifest, content.size(manifest))
                .fields();
    }

    /** Of manifest.json. */
    private Map<String, Object> entry(Saved saved) {
        var layers = saved.image().layers();
        var entry = new LinkedHashMap<String, Object>();
        entry.put("Config", BLOBS + saved.image().id().hex());
        entry.put("RepoTags", saved.names().stream().map(Reference::familiar).toList());
        entry.put("Layers", layers.stream().map(layer -> BLOBS + layer.blob().hex()).toList());
        var sources = new TreeMap<String, Object>();
        for (int i = 0; i < layers.size(); i++) {
            var source = saved.manifest().layers().get(i);
            sources.put(layers.get(i).diffId().toString(), source.fields());
        }
        entry.put("LayerSources", sources);
        return entry;
    }

    private static Map<String, Map<String, String>> repositories(List<Saved> all) {
        var repositories = new TreeMap<String, Map<String, String>>();
        for (var each : all) {
            var diffIds = each.image().diffIds();
            if (diffIds.isEmpty()) continue;
            for (var name : each.names()) {
                repositories
                        .computeIfAbsent(name.familiarName(), _ -> new TreeMap<>())
                        .put(String.valueOf(name.tag()), diffIds.getLast().hex());
            }
        }
        return repositories;
    }
}
