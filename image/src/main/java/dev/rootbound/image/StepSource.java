package dev.rootbound.image;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RemoteRepository;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;

/**
 * A build cache in a registry or an archive. It is hostile: of what it has only layers are taken,
 * one at a time, verified against the diffId under which a step has it.
 */
public final class StepSource implements AutoCloseable {
    private static final String INDEX = "index.json";

    /** Where the layers' blobs are. */
    private interface Blobs extends AutoCloseable {
        /** Has a blob kept by the work, verified. */
        void bring(Descriptor blob, Work work) throws IOException;

        @Override
        void close() throws IOException;
    }

    private final Map<Digest, StepCache.Step> steps;
    private final Map<Digest, Descriptor> layers;
    private final Blobs blobs;

    private StepSource(StepCache cache, Manifest manifest, Blobs blobs) throws MalformedException {
        this.steps = cache.byKey();
        this.layers = cache.blobs(manifest);
        this.blobs = blobs;
    }

    /**
     * Asks a registry; layers are fetched when they are needed, until this is closed.
     *
     * @throws MalformedException if it has something else under that name
     */
    public static StepSource remote(
            Registries registries, Reference reference, Credentials credentials)
            throws IOException, InterruptedException {
        var repository = new Repository(reference.domain(), reference.path());
        var remote = registries.open(repository, credentials, Registries.Access.PULL);
        try {
            var found = remote.manifest(reference.tagOrDigest());
            var manifest = StepCache.manifest(found.mediaType(), found.bytes());
            var cache = StepCache.parse(RemoteImage.config(remote, manifest));
            return new StepSource(cache, manifest, new RemoteBlobs(remote));
        } catch (IOException | InterruptedException | RuntimeException e) {
            remote.close();
            throw e;
        }
    }

    private record RemoteBlobs(RemoteRepository remote) implements Blobs {
        @Override
        public void bring(Descriptor blob, Work work) throws IOException {
            try (var in = remote.blob(blob, 0)) {
                work.put(in, blob.digest());
            }
        }

        @Override
        public void close() {
            remote.close();
        }
    }

    /**
     * Reads an OCI layout to its end, and keeps what is in it until this is closed.
     *
     * @param tar compressed or not; left open
     * @throws MalformedException if it is of something else
     */
    public static StepSource archive(
            Images images, ContentStore content, LayerSink sink, InputStream tar)
            throws IOException {
        var work = new Work(images, content, sink);
        try (var plain = Compression.decompress(tar)) {
            var archive = ArchiveEntries.read(plain, work);
            var oci = new OciArchive(archive, Platform.host());
            var index = Index.parse(archive.document(archive.get(INDEX, "the cache"), INDEX));
            if (index.manifests().isEmpty()) throw new MalformedException(INDEX + " is empty");
            var named = index.manifests().getFirst();
            var document = archive.document(oci.blob(named), named.digest().toString());
            var manifest = StepCache.manifest(named.mediaType(), document);
            var config = archive.document(oci.blob(manifest.config()), "the list of steps");
            return new StepSource(StepCache.parse(config), manifest, new ArchivedBlobs(oci, work));
        } catch (IOException | RuntimeException e) {
            work.close();
            throw e;
        }
    }

    private record ArchivedBlobs(OciArchive archive, Work kept) implements Blobs {
        @Override
        public void bring(Descriptor blob, Work work) throws IOException {
            if (!work.keep(archive.blob(blob).digest())) {
                throw new IOException("blob " + blob.digest() + " went");
            }
        }

        @Override
        public void close() throws IOException {
            kept.close();
        }
    }

    public boolean has(Digest key) {
        return steps.containsKey(key);
    }

    /**
     * @param key that it has
     */
    StepCache.Step step(Digest key) {
        return Objects.requireNonNull(steps.get(key), "it has the key");
    }

    /**
     * Has a layer unpacked.
     *
     * @param diffId that one of its steps has
     * @param largest bytes, compressed or not
     */
    Image.Layer layer(Digest diffId, Work work, long largest) throws IOException {
        var blob = Objects.requireNonNull(layers.get(diffId), "one of its steps has it");
        if (blob.size() > largest) {
            throw new MalformedException(
                    "layer "
                            + diffId
                            + " of the cache has "
                            + blob.size()
                            + " bytes, the limit is "
                            + largest);
        }
        blobs.bring(blob, work);
        return work.unpack(diffId, blob.digest());
    }

    @Override
    public void close() throws IOException {
        blobs.close();
    }
}
