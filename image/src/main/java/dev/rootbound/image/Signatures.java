package dev.rootbound.image;

import dev.rootbound.image.SignedStatement.Envelope;
import dev.rootbound.image.SignedStatement.SimpleSigning;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RemoteRepository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The search for a signature of one image. cosign keeps them beside it in its repository: under a
 * tag made of the image's digest (its SIGNATURE_SPEC.md, Tag-based Discovery), or as referrers (its
 * BUNDLE_SPEC.md). What the registry says of them proves nothing, their signatures do.
 */
final class Signatures {
    /** Documents that are looked at: who may write to a repository could add without end. */
    private static final int MOST = 256;

    /** Reasons that are told. */
    private static final int TOLD = 3;

    private final RemoteRepository remote;
    private final SignatureRules.Rule rule;
    private final List<String> others = new ArrayList<>();
    private int looked;

    Signatures(RemoteRepository remote, SignatureRules.Rule rule) {
        this.remote = remote;
        this.rule = rule;
    }

    /**
     * Finds a signature of the image, or of the index that it was chosen from.
     *
     * @throws UnsignedException if there is none by a key of the rule
     * @throws IOException also if it cannot be told
     */
    void demand(RemoteImage image) throws IOException, InterruptedException {
        for (var digest : image.digests()) if (isSigned(digest)) return;
        var found =
                others.isEmpty()
                        ? "its repository has no signature of " + image.digest()
                        : String.join("; ", others.subList(0, Math.min(TOLD, others.size())));
        var more = looked > MOST ? "; only " + MOST + " documents were looked at" : "";
        throw new UnsignedException(
                "the policy for '"
                        + rule.repositories()
                        + "' demands a signature by "
                        + (rule.keys().size() == 1 ? "its key" : "one of its keys")
                        + ": "
                        + found
                        + more);
    }

    private boolean isSigned(Digest image) throws IOException, InterruptedException {
        if (isSignedIn("sha256-" + image.hex() + ".sig", image)) return true;
        for (var referrer : remote.referrers(image)) {
            if (Envelope.isOfOtherKind(referrer) || ++looked > MOST) continue;
            if (isSignedIn(referrer.digest().toString(), image)) return true;
        }
        return false;
    }

    /** One that makes no sense hides no other: who may push could add it. */
    private boolean isSignedIn(String reference, Digest image)
            throws IOException, InterruptedException {
        try {
            var found = remote.ifThere(reference);
            if (found.isEmpty()) return false;
            for (var layer : Manifest.parse(found.get().bytes()).layers()) {
                if (isSignature(layer) && ++looked <= MOST && isSignedBy(layer, image)) return true;
            }
        } catch (MalformedException e) {
            others.add(reference + ": " + e.getMessage());
        }
        return false;
    }

    private static boolean isSignature(Descriptor layer) {
        return layer.mediaType().equals(SimpleSigning.MEDIA_TYPE)
                || layer.mediaType().equals(Envelope.MEDIA_TYPE);
    }

    private boolean isSignedBy(Descriptor layer, Digest image)
            throws IOException, InterruptedException {
        try {
            var statement = read(layer);
            if (rule.keys().stream().noneMatch(statement::isBy)) {
                others.add("signature " + layer.digest() + " is by another key");
            } else if (statement.images().contains(image)) {
                return true;
            } else {
                others.add("signature " + layer.digest() + " is of something else");
            }
        } catch (MalformedException | RegistryException.NotFound e) {
            others.add("signature " + layer.digest() + ": " + e.getMessage());
        }
        return false;
    }

    private SignedStatement read(Descriptor layer) throws IOException {
        if (layer.size() > Json.MAX_DOCUMENT) {
            throw new MalformedException("it has " + layer.size() + " bytes");
        }
        try (var in = remote.blob(layer, 0)) {
            var bytes = in.readAllBytes();
            return layer.mediaType().equals(Envelope.MEDIA_TYPE)
                    ? Envelope.of(bytes)
                    : SimpleSigning.of(bytes, layer.annotations());
        }
    }
}
