package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * That certain images were signed, in one of cosign's two forms. What it says is read only when its
 * signature was found good.
 */
sealed interface SignedStatement {
    /** Whether a key's owner made it. */
    boolean isBy(VerificationKey key);

    /** The manifests or indexes that it is about; none if it is a statement of another kind. */
    List<Digest> images() throws MalformedException;

    /**
     * A payload in Red Hat's simple signing format, whose signature stands in an annotation
     * (cosign's SIGNATURE_SPEC.md).
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record SimpleSigning(byte[] payload, byte[] signature) implements SignedStatement {
        static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
        private static final String ANNOTATION = "dev.cosignproject.cosign/signature";
        private static final String TYPE = "cosign container image signature";

        static SimpleSigning of(byte[] payload, Map<String, String> annotations)
                throws MalformedException {
            var signature = annotations.getOrDefault(ANNOTATION, "");
            return new SimpleSigning(payload, base64(signature, ANNOTATION));
        }

        @Override
        public boolean isBy(VerificationKey key) {
            return key.made(signature, payload);
        }

        @Override
        public List<Digest> images() throws MalformedException {
            var critical = Json.object(payload, "signed payload").objectOrEmpty("critical");
            if (!critical.text("type").equals(TYPE)) return List.of();
            return List.of(critical.objectOrEmpty("image").digest("docker-manifest-digest"));
        }
    }

    /**
     * An in-toto statement in a DSSE envelope (cosign's BUNDLE_SPEC.md; DSSE 1.0, protocol.md). One
     * whose predicate is not that the image is signed, such as where it was built, does not sign
     * it.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Envelope(String type, byte[] payload, List<byte[]> signatures)
            implements SignedStatement {
        static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
        private static final String STATEMENT = "application/vnd.in-toto+json";
        private static final String SIGNS = "https://sigstore.dev/cosign/sign/v1";
        private static final String PREDICATE = "dev.sigstore.bundle.predicateType";

        /** Whether a referrer says of itself that it is no signature. */
        static boolean isOfOtherKind(Descriptor referrer) {
            return !referrer.annotations().getOrDefault(PREDICATE, SIGNS).equals(SIGNS);
        }

        static Envelope of(byte[] bundle) throws MalformedException {
            var envelope = Json.object(bundle, "sigstore bundle").objectOrEmpty("dsseEnvelope");
            var signatures = new ArrayList<byte[]>();
            for (var signature : envelope.objects("signatures")) {
                signatures.add(base64(signature.text("sig"), "signature"));
            }
            var payload = base64(envelope.text("payload"), "payload");
            return new Envelope(envelope.text("payloadType"), payload, signatures);
        }

        @Override
        public boolean isBy(VerificationKey key) {
            var message = preAuthenticationEncoding();
            return signatures.stream().anyMatch(signature -> key.made(signature, message));
        }

        private byte[] preAuthenticationEncoding() {
            var length = type.getBytes(UTF_8).length;
            var head = "DSSEv1 " + length + " " + type + " " + payload.length + " ";
            var message = new ByteArrayOutputStream();
            message.writeBytes(head.getBytes(UTF_8));
            message.writeBytes(payload);
            return message.toByteArray();
        }

        @Override
        public List<Digest> images() throws MalformedException {
            if (!type.equals(STATEMENT)) return List.of();
            var statement = Json.object(payload, "signed statement");
            if (!statement.text("predicateType").equals(SIGNS)) return List.of();
            var images = new ArrayList<Digest>();
            for (var subject : statement.objects("subject")) images.add(digest(subject));
            return images;
        }

        private static Digest digest(Fields subject) throws MalformedException {
            try {
                return new Digest(subject.objectOrEmpty("digest").text("sha256"));
            } catch (IllegalArgumentException e) {
                throw subject.malformed("is " + e.getMessage());
            }
        }
    }

    private static byte[] base64(String text, String what) throws MalformedException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(what + " is not base64");
        }
    }
}
