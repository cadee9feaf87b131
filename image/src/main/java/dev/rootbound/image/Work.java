package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The content and layers that a load brings in: kept while it works, and swept away at its end
 * unless an image then needs them. So a load that fails leaves nothing.
 */
final class Work implements AutoCloseable {
    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final ContentStore.Hold hold;
    private final Set<Digest> layers = ConcurrentHashMap.newKeySet();

    Work(Images images, ContentStore content, LayerSink sink) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.hold = content.hold();
    }

    Blob put(InputStream in, @Nullable Digest expected) throws IOException {
        return hold.put(in, expected);
    }

    /** Keeps a blob that is there; false if it is not. */
    boolean keep(Digest blob) {
        return hold.keep(blob);
    }

    Blob put(ContentSource source) throws IOException {
        return hold.put(source, null);
    }

    /** As {@link Images#find}; what the image consists of stays as long as this works. */
    Optional<Image> find(long tenant, String nameOrId) {
        synchronized (images) { // none drops a layer between the look and the hold
            var found = images.keep(tenant, nameOrId, hold);
            found.ifPresent(image -> image.diffIds().forEach(this::holdLayer));
            return found;
        }
    }

    private void holdLayer(Digest diffId) {
        if (layers.add(diffId)) images.holdLayer(diffId);
    }

    InputStream open(Digest blob) throws IOException {
        return content.open(blob);
    }

    /**
     * Has a stored layer unpacked, verified against the digest that is claimed of it.
     *
     * @param blob its tar, compressed or not
     */
    Image.Layer unpack(Digest diffId, Digest blob) throws IOException {
        return unpack(diffId, blob, _ -> {});
    }

    /**
     * @param progress told how many bytes of the blob were read
     */
    Image.Layer unpack(Digest diffId, Digest blob, LongConsumer progress) throws IOException {
        holdLayer(diffId); // before looking: none drops it now
        var known = images.verified(diffId, blob);
        if (known.isPresent() && sink.has(diffId)) return known.get();
        try (var raw = new CountedInput(content.open(blob), progress);
                var tar = new VerifiedLayer(diffId, sink.maxSize(), Compression.decompress(raw))) {
            if (!sink.has(diffId)) {
                sink.unpack(diffId, tar);
            }
            return new Image.Layer(diffId, blob, tar.drain());
        }
    }

    /** Makes durable what the images need, then adds them, all or none. */
    List<Image> add(long tenant, List<Images.Addition> additions) throws IOException {
        content.sync(
                additions.stream()
                        .flatMap(addition -> addition.layers().stream())
                        .map(Image.Layer::blob)
                        .distinct()
                        .toList());
        return images.add(tenant, additions);
    }

    @Override
    public void close() throws IOException {
        var blobs = hold.blobs();
        hold.close();
        layers.forEach(images::releaseLayer);
        images.sweep(blobs);
        images.dropUnused(layers, sink); // also those whose image was removed while they were held
    }
}
