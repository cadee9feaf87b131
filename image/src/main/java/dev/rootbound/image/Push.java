package dev.rootbound.image;

import dev.rootbound.image.TransferProgress.Step;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Manifest;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RemoteRepository;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Images from the store to registries: the stored manifest and blobs as they are, so that a pull
 * gives the same digests. What the registry has is not sent again.
 */
public final class Push {
    private static final int UPLOADS = 3;

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final Registries registries;

    public Push(Images images, ContentStore content, LayerSink sink, Registries registries) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.registries = registries;
    }

    /**
     * What was pushed.
     *
     * @param digest of its manifest
     * @param size bytes of the manifest
     */
    public record Pushed(Digest digest, long size) {}

    /**
     * Pushes an image of a tenant, which has it under that digest too from then on.
     *
     * @param reference with tag
     */
    public Pushed run(
            long tenant,
            Image image,
            Reference reference,
            Credentials credentials,
            TransferProgress progress)
            throws IOException, InterruptedException {
        var repository = new Repository(reference.domain(), reference.path());
        try (var remote = registries.open(repository, credentials, Registries.Access.PUSH);
                var work = new Work(images, content, sink)) {
            progress.image(reference);
            var held = held(work, tenant, image);
            new CompressedLayers(images, content).restore(held, work);
            var ready = held(work, tenant, image); // as it is now, whoever compressed it
            var raw = content.document(ready.manifest());
            var manifest = Manifest.parse(raw);
            new Uploads(remote, others(ready, repository), progress).all(ready.diffIds(), manifest);
            var digest = ready.manifest();
            remote.putManifest(String.valueOf(reference.tag()), manifest.mediaType(), raw);
            images.tag(tenant, image.id(), reference.withDigest(digest));
            return new Pushed(digest, raw.length);
        }
    }

    /**
     * Pushes what steps of builds have made, for other engines.
     *
     * @param reference with tag
     * @throws IOException also if the tenant has a step's layer no more
     */
    public Pushed run(
            long tenant,
            StepCache cache,
            Reference reference,
            Credentials credentials,
            TransferProgress progress)
            throws IOException, InterruptedException {
        var repository = new Repository(reference.domain(), reference.path());
        try (var remote = registries.open(repository, credentials, Registries.Access.PUSH);
                var work = new Work(images, content, sink)) {
            progress.image(reference);
            var manifest = new CompressedLayers(images, content).manifest(tenant, cache, work);
            new Uploads(remote, List.of(), progress).all(cache.layers(), manifest);
            var raw = manifest.toJson();
            remote.putManifest(String.valueOf(reference.tag()), manifest.mediaType(), raw);
            return new Pushed(Sha256.of(raw), raw.length);
        }
    }

    private static Image held(Work work, long tenant, Image image) throws IOException {
        return work.find(tenant, image.id().toString())
                .orElseThrow(() -> new IOException("image " + image.id() + " was removed"));
    }

    /** Repositories of the same registry by whose names the tenant has the same image. */
    private static List<Repository> others(Image image, Repository target) {
        return Stream.concat(image.names().stream(), image.digests().stream())
                .map(Reference::parse)
                .map(name -> new Repository(name.domain(), name.path()))
                .filter(other -> other.host().equals(target.host()) && !other.equals(target))
                .distinct()
                .toList();
    }

    /** The blobs of one push. */
    private final class Uploads {
        private final RemoteRepository remote;
        private final List<Repository> others;
        private final TransferProgress progress;
        private final Semaphore uploading = new Semaphore(UPLOADS);

        Uploads(RemoteRepository remote, List<Repository> others, TransferProgress progress) {
            this.remote = remote;
            this.others = others;
            this.progress = progress;
        }

        void all(List<Digest> diffIds, Manifest manifest) throws IOException, InterruptedException {
            var started = new HashSet<Digest>();
            try (var tasks = new SideBySide<Step>()) {
                for (int i = 0; i < manifest.layers().size(); i++) {
                    var layer = manifest.layers().get(i);
                    var diffId = diffIds.get(i);
                    if (!started.add(layer.digest())) continue;
                    progress.layer(diffId, Step.PREPARING, 0, layer.size());
                    tasks.start(() -> layer(layer, diffId));
                }
                tasks.start(() -> blob(manifest.config(), _ -> {}));
                tasks.results();
            }
        }

        private Step layer(Descriptor layer, Digest diffId)
                throws IOException, InterruptedException {
            uploading.acquire();
            try {
                long size = layer.size();
                var step = blob(layer, done -> progress.layer(diffId, Step.PUSHING, done, size));
                progress.layer(diffId, step, size, size);
                return step;
            } finally {
                uploading.release();
            }
        }

        private Step blob(Descriptor blob, LongConsumer told)
                throws IOException, InterruptedException {
            var digest = blob.digest();
            if (remote.blobSize(digest).isPresent()) return Step.PUSHED_BEFORE;
            for (var other : others) if (remote.mount(digest, other)) return Step.MOUNTED;
            remote.upload(digest, blob.size(), offset -> from(digest, offset, told));
            return Step.PUSHED;
        }
    }

    private InputStream from(Digest blob, long offset, LongConsumer told) throws IOException {
        var in = content.open(blob);
        try {
            in.skipNBytes(offset);
            return new CountedInput(in, n -> told.accept(offset + n));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
