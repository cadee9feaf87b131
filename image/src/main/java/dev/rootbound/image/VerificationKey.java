package dev.rootbound.image;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * A public key that verifies signatures: ECDSA on P-256 with SHA-256, as {@code cosign
 * generate-key-pair} makes them, Ed25519, or RSA from 2048 bits on with SHA-256 (cosign's
 * SIGNATURE_SPEC.md, Signature Schemes).
 */
public final class VerificationKey {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";
    private static final int EC_BITS = 256;
    private static final int RSA_BITS = 2048;

    private final PublicKey key;
    private final String algorithm;

    private VerificationKey(PublicKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    /**
     * Reads a key in PEM (RFC 7468, a SubjectPublicKeyInfo).
     *
     * @throws IllegalArgumentException if it is none, or of a kind that is not taken
     */
    public static VerificationKey parse(String pem) {
        var text = pem.strip();
        boolean whole = text.length() >= BEGIN.length() + END.length();
        if (!whole || !text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new IllegalArgumentException("is no public key in PEM: it begins with " + BEGIN);
        }
        var body = text.substring(BEGIN.length(), text.length() - END.length());
        var key = decode(Base64.getMimeDecoder().decode(body));
        return new VerificationKey(key, algorithm(key));
    }

    private static PublicKey decode(byte[] info) {
        for (var kind : List.of("EC", "Ed25519", "RSA")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(info));
            } catch (InvalidKeySpecException e) {
                // of another kind
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e); // every JDK has them
            }
        }
        throw new IllegalArgumentException("is no ECDSA, Ed25519 or RSA key");
    }

    private static String algorithm(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec when ec.getParams().getOrder().bitLength() == EC_BITS ->
                    "SHA256withECDSA";
            case ECPublicKey _ ->
                    throw new IllegalArgumentException(
                            "is an ECDSA key of another curve than P-256");
            case RSAPublicKey rsa when rsa.getModulus().bitLength() >= RSA_BITS -> "SHA256withRSA";
            case RSAPublicKey _ ->
                    throw new IllegalArgumentException(
                            "is an RSA key of less than " + RSA_BITS + " bits");
            default -> "Ed25519";
        };
    }

    /** Whether the key's owner made the signature of the message. */
    boolean made(byte[] signature, byte[] message) {
        try {
            var check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // such as a signature of another kind of key
        }
    }
}
