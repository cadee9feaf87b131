package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what is not in one place. */
final class Hashes {
    private Hashes() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static Digest end(MessageDigest sha256) {
        return new Digest(HexFormat.of().formatHex(sha256.digest()));
    }

    /** Of texts, so that no two lists of texts are alike. */
    static Digest of(Iterable<String> texts) {
        var sha256 = sha256();
        for (var text : texts) {
            var bytes = text.getBytes(UTF_8);
            sha256.update((bytes.length + ":").getBytes(UTF_8));
            sha256.update(bytes);
        }
        return end(sha256);
    }
}
