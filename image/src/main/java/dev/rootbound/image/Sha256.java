package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every JDK has. */
final class Sha256 {
    private static final int PIECE = 128 << 10;

    private Sha256() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of what the hash has seen; resets it. */
    static Digest of(MessageDigest sha256) {
        return new Digest(HexFormat.of().formatHex(sha256.digest()));
    }

    /** Of a stream, read to its end. */
    static Digest of(InputStream in) throws IOException {
        var sha256 = digest();
        var piece = new byte[PIECE];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) sha256.update(piece, 0, n);
        return of(sha256);
    }

    static Digest of(byte[] bytes) {
        return Digest.of(bytes);
    }
}
