package dev.rootbound.image;

import dev.rootbound.image.TransferProgress.Step;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RemoteRepository;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Images from registries into the store. Layers are downloaded and unpacked side by side; an image
 * is there when all of it is, verified; a pull that fails leaves no image and no layer.
 */
public final class Pull {
    private static final int DOWNLOADS = 3;

    /** What was left of a broken download is of use to who tries again soon. */
    private static final Duration PARTIAL_AGE = Duration.ofHours(1);

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final Registries registries;
    private final Supplier<SignatureRules> signatures;
    private final Downloads downloads;

    /** Of all pulls: each has a processor to itself. */
    private final Semaphore unpacking =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

    /**
     * @param signatures that are demanded, as they are now
     */
    public Pull(
            Images images,
            ContentStore content,
            LayerSink sink,
            Registries registries,
            Supplier<SignatureRules> signatures) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.registries = registries;
        this.signatures = signatures;
        this.downloads = new Downloads(images, content);
    }

    /**
     * What a pull did.
     *
     * @param digest of what the reference names
     * @param isNew whether the reference named another image before, or none
     */
    public record Pulled(Image image, Digest digest, boolean isNew) {}

    /**
     * Pulls an image for a tenant.
     *
     * @param reference with tag or digest
     * @param platform wanted; empty: the host's, or that of an image for one platform
     * @throws RegistryException if the registry does not give it
     * @throws MalformedException if what it gives is no image for this engine
     * @throws UnsignedException if it must be signed and is not
     */
    public Pulled run(
            long tenant,
            Reference reference,
            Optional<Platform> platform,
            Credentials credentials,
            TransferProgress progress)
            throws IOException, InterruptedException {
        content.removePartial(PARTIAL_AGE);
        var repository = new Repository(reference.domain(), reference.path());
        var mirrorFailures = new ArrayList<IOException>();
        for (var mirror : registries.mirrors(repository)) {
            try (var remote = registries.openMirror(repository, mirror)) {
                return from(remote, tenant, reference, platform, progress);
            } catch (RegistryException | MalformedException | UnsignedException e) {
                mirrorFailures.add(e);
            }
        }
        try (var remote = registries.open(repository, credentials, Registries.Access.PULL)) {
            return from(remote, tenant, reference, platform, progress);
        } catch (IOException e) {
            mirrorFailures.forEach(e::addSuppressed);
            throw e;
        }
    }

    private Pulled from(
            RemoteRepository remote,
            long tenant,
            Reference reference,
            Optional<Platform> platform,
            TransferProgress progress)
            throws IOException, InterruptedException {
        var found =
                RemoteImage.find(remote, reference.tagOrDigest(), platform.orElse(Platform.host()));
        var rule = signatures.get().of(remote.repository());
        if (rule.isPresent()) new Signatures(remote, rule.get()).demand(found);
        progress.image(reference);
        try (var work = new Work(images, content, sink)) {
            var config = config(remote, found);
            platform.ifPresent(wanted -> refuseOther(wanted, config, reference));
            var before = images.find(tenant, reference.familiar()).map(Image::id);
            // the same image may be here from other blobs, such as an archive's
            var known = whole(work.find(tenant, found.manifest().config().digest().toString()));
            var layers =
                    known.isPresent()
                            ? known.get().layers()
                            : new PulledLayers(tenant, remote, work, progress)
                                    .all(found, config.config());
            var names = new ArrayList<>(List.of(reference.withDigest(found.digest())));
            if (reference.digest() == null) names.add(reference);
            var addition =
                    new Images.Addition(config.rawConfig(), manifest(found, known), layers, names);
            var image = work.add(tenant, List.of(addition)).getFirst();
            return new Pulled(image, found.digest(), !before.equals(Optional.of(image.id())));
        }
    }

    /** Unless one of its layers was set aside as damaged, which a pull mends. */
    private Optional<Image> whole(Optional<Image> known) throws IOException {
        if (known.isEmpty()) return known;
        for (var diffId : known.get().diffIds()) if (!sink.has(diffId)) return Optional.empty();
        return known;
    }

    private Optional<byte[]> manifest(RemoteImage found, Optional<Image> known) throws IOException {
        return Optional.of(
                known.isPresent() ? content.document(known.get().manifest()) : found.rawManifest());
    }

    private static ArchivedImage config(RemoteRepository remote, RemoteImage found)
            throws IOException {
        var raw = RemoteImage.config(remote, found.manifest());
        var blobs = found.manifest().layers().stream().map(Descriptor::digest).toList();
        return ArchivedImage.of(raw, Optional.of(found.rawManifest()), blobs, List.of());
    }

    private static void refuseOther(Platform wanted, ArchivedImage image, Reference reference) {
        var actual = image.config().platform();
        if (!wanted.runs(actual)) {
            throw new IllegalArgumentException(
                    "image with reference "
                            + reference
                            + " was found but does not match the specified platform: wanted "
                            + wanted
                            + ", actual: "
                            + actual);
        }
    }

    /** The layers of one pull. */
    private final class PulledLayers {
        private final long tenant;
        private final RemoteRepository remote;
        private final Work work;
        private final TransferProgress progress;
        private final Semaphore downloading = new Semaphore(DOWNLOADS);

        PulledLayers(long tenant, RemoteRepository remote, Work work, TransferProgress progress) {
            this.tenant = tenant;
            this.remote = remote;
            this.work = work;
            this.progress = progress;
        }

        List<Image.Layer> all(RemoteImage found, dev.rootbound.oci.ImageConfig config)
                throws IOException, InterruptedException {
            var descriptors = found.manifest().layers();
            try (var tasks = new SideBySide<Image.Layer>()) {
                for (int i = 0; i < descriptors.size(); i++) {
                    var descriptor = descriptors.get(i);
                    var diffId = config.diffIds().get(i);
                    progress.layer(descriptor.digest(), Step.WAITING, 0, descriptor.size());
                    tasks.start(() -> layer(descriptor, diffId));
                }
                return tasks.results();
            } catch (IOException e) {
                // the way did not break: trying again needs the space more than what has come
                if (!isOfTheWay(e)) downloads.forget(tenant, remote, descriptors);
                throw e;
            }
        }

        private static boolean isOfTheWay(IOException e) {
            return e instanceof RegistryException || e instanceof InterruptedIOException;
        }

        private Image.Layer layer(Descriptor blob, Digest diffId)
                throws IOException, InterruptedException {
            // that it is here because another tenant has it is not told
            boolean own = images.has(tenant, diffId, blob.digest());
            boolean held = (own || downloads.mayHave(remote, blob)) && work.keep(blob.digest());
            if (!held) download(blob);
            unpacking.acquire();
            try {
                var layer =
                        work.unpack(
                                diffId,
                                blob.digest(),
                                done -> tell(blob, held ? Step.WAITING : Step.UNPACKING, done));
                tell(blob, own && held ? Step.HELD_BEFORE : Step.PULLED, blob.size());
                return layer;
            } finally {
                unpacking.release();
            }
        }

        private void download(Descriptor blob) throws IOException, InterruptedException {
            downloading.acquire();
            try {
                downloads.fetch(
                        tenant, remote, blob, work, done -> tell(blob, Step.DOWNLOADING, done));
                tell(blob, Step.DOWNLOADED, blob.size());
            } finally {
                downloading.release();
            }
        }

        private void tell(Descriptor blob, Step step, long done) {
            progress.layer(blob.digest(), step, done, blob.size());
        }
    }
}
