package dev.rootbound.image;

import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads the images of an archive: docker-archive or OCI layout, plain, gzip or zstd. A load that
 * fails leaves nothing.
 */
public final class ArchiveLoader {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final Platform host;

    /**
     * @param host whose images are taken from an archive for several platforms
     */
    public ArchiveLoader(Images images, ContentStore content, LayerSink sink, Platform host) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.host = host;
    }

    /**
     * An image loaded.
     *
     * @param names that the archive gives it, familiar, with tag
     */
    public record Loaded(Image image, List<String> names) {
        /** In Docker's words: {@code Loaded image: NAME:TAG}. */
        public List<String> lines() {
            if (names.isEmpty()) return List.of("Loaded image ID: " + image.id());
            return names.stream().map(name -> "Loaded image: " + name).toList();
        }
    }

    /**
     * Reads the stream to the archive's end; not closed.
     *
     * @throws MalformedException if the archive is not one, or says what is not so
     * @throws TarException if it is no good tar
     */
    public List<Loaded> load(long tenant, InputStream archive) throws IOException {
        try (var work = new Work(images, content, sink);
                var tar = Compression.decompress(archive)) {
            var archived = archived(ArchiveEntries.read(tar, work));
            var additions = new ArrayList<Images.Addition>();
            for (var image : archived) {
                additions.add(
                        new Images.Addition(
                                image.rawConfig(),
                                image.manifest(),
                                unpack(image, work),
                                image.names()));
            }
            var added = work.add(tenant, additions);
            var loaded = new ArrayList<Loaded>();
            for (int i = 0; i < archived.size(); i++) {
                var names = archived.get(i).names().stream().map(Reference::familiar).toList();
                loaded.add(new Loaded(added.get(i), names));
            }
            return loaded;
        }
    }

    private List<ArchivedImage> archived(ArchiveEntries archive) throws IOException {
        // docker save writes both since 25: manifest.json is what docker load reads
        var oci = new OciArchive(archive, host);
        if (archive.has(DockerArchive.MANIFEST)) return new DockerArchive(archive, oci).images();
        if (archive.has(OciArchive.LAYOUT)) return oci.images();
        throw new MalformedException(
                "the archive holds no images: it has neither manifest.json (docker save) nor"
                        + " oci-layout; a root file system is for import");
    }

    /** Side by side: reading, hashing and writing one layer leaves a processor idle. */
    private static List<Image.Layer> unpack(ArchivedImage image, Work work) throws IOException {
        var diffIds = image.config().diffIds();
        try (var layers = SideBySide.<Image.Layer>onProcessors(PROCESSORS, "load-layer")) {
            for (int i = 0; i < diffIds.size(); i++) {
                var diffId = diffIds.get(i);
                var blob = image.layers().get(i);
                layers.start(() -> work.unpack(diffId, blob));
            }
            return layers.results();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the load was interrupted");
        }
    }
}
