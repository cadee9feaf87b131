package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;

/**
 * Where layers are unpacked: once each, whoever asks.
 *
 * <p>Lifecycle of a layer: absent; being unpacked, invisible, by one thread while others that want
 * it wait; there, when {@link #unpack} has returned; absent again after {@link #drop}.
 */
public interface LayerSink {
    /** The layers that are there. */
    Set<Digest> list() throws IOException;

    /** Bytes of a layer, uncompressed, that is taken: who unpacks more would fill the disk. */
    long maxSize();

    /** Whether the layer is there, complete. */
    boolean has(Digest diffId) throws IOException;

    /**
     * Unpacks a layer, unless another thread has done so meanwhile.
     *
     * @param tar uncompressed. It ends normally (-1) only if its content has the digest, and throws
     *     IOException there otherwise: so read it to that end, beyond the archive's own, before
     *     making the layer visible. Not closed by the callee
     * @throws IOException after which nothing of this attempt is left
     */
    void unpack(Digest diffId, InputStream tar) throws IOException;

    /**
     * Compares a layer that is held with what it is made of.
     *
     * @param tar as for {@link #unpack}
     * @return where they differ, a sentence each; empty if they do not
     */
    List<String> check(Digest diffId, InputStream tar) throws IOException;

    /**
     * Removes a layer that no image needs; unchanged if it is absent. Called with the lock of
     * {@link Images} held: makes it invisible at once, and may delete its files later.
     */
    void drop(Digest diffId) throws IOException;
}
