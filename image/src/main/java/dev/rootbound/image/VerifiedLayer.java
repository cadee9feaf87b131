package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * A layer's uncompressed tar, which ends normally only if it has the digest that is claimed and is
 * not too large.
 */
final class VerifiedLayer extends InputStream {
    private static final int BUFFER = 64 << 10;

    private final Digest diffId;
    private final long maxSize;
    private final InputStream in;
    private final MessageDigest sha256 = Sha256.digest();
    private long size;
    private boolean verified;

    VerifiedLayer(Digest diffId, long maxSize, InputStream in) {
        this.diffId = diffId;
        this.maxSize = maxSize;
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (verified) return -1;
        int got = in.read(buffer, offset, length);
        if (got < 0) {
            verify();
            return -1;
        }
        sha256.update(buffer, offset, got);
        size += got;
        if (size > maxSize) {
            throw new MalformedException(
                    "layer "
                            + diffId
                            + " is larger than the limit of "
                            + maxSize
                            + " bytes that the policy sets (images: max-layer-size)");
        }
        return got;
    }

    private void verify() throws IOException {
        var digest = Sha256.of(sha256);
        if (!digest.equals(diffId)) {
            throw new IOException(
                    "layer " + diffId + ": its content has digest " + digest + "; it is damaged");
        }
        verified = true;
    }

    /** Reads what is left and returns how many bytes there were in all. */
    long drain() throws IOException {
        var buffer = new byte[BUFFER];
        int got = 0;
        while (got >= 0) got = read(buffer, 0, buffer.length);
        return size;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
