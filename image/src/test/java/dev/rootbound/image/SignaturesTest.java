package dev.rootbound.image;

import static dev.rootbound.image.RegistryStub.answer;
import static dev.rootbound.image.RegistryStub.bytes;
import static dev.rootbound.image.Store.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statements are made here as cosign's specifications have them. */
@Timeout(30)
class SignaturesTest {
    private static final String SIGNS = "https://sigstore.dev/cosign/sign/v1";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final String SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json";

    @TempDir Path dir;
    private RegistryStub registry;
    private Store store;
    private KeyPair own;
    private KeyPair others;

    @BeforeEach
    void start() throws Exception {
        registry = new RegistryStub();
        store = new Store(dir);
        own = keys("EC", 256);
        others = keys("EC", 256);
        registry.image("1", Tars.tar(t -> t.file("f", 0644, new byte[9])));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private static KeyPair keys(String kind, int bits) throws Exception {
        var generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static String pem(KeyPair keys) {
        var body = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    private static byte[] sign(PrivateKey key, byte[] message) throws Exception {
        var signature =
                Signature.getInstance(
                        switch (key.getAlgorithm()) {
                            case "EC" -> "SHA256withECDSA";
                            case "RSA" -> "SHA256withRSA";
                            default -> "Ed25519";
                        });
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
    }

    private Digest image() {
        return Sha256.of(Objects.requireNonNull(registry.manifests.get("1")));
    }

    private static byte[] payload(Digest image, String type) {
        return bytes(
                """
                {"critical":{"identity":{"docker-reference":"x/app"},\
                "image":{"docker-manifest-digest":"%s"},"type":"%s"},"optional":null}\
                """
                        .formatted(image, type));
    }

    private static byte[] payload(Digest image) {
        return payload(image, "cosign container image signature");
    }

    /** Under the tag that cosign gives it. */
    private void attach(Digest image, byte[] payload, byte[] signature) {
        var blob = registry.blob(SIMPLE, payload);
        var layer = new LinkedHashMap<>(blob.fields());
        var text = Base64.getEncoder().encodeToString(signature);
        layer.put("annotations", Map.of("dev.cosignproject.cosign/signature", text));
        registry.manifest("sha256-" + image.hex() + ".sig", manifest(List.of(layer)));
    }

    private byte[] manifest(List<Map<String, Object>> layers) {
        var config = registry.blob("application/vnd.oci.empty.v1+json", bytes("{}"));
        return Json.write(
                Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MediaTypes.OCI_MANIFEST,
                        "config",
                        config.fields(),
                        "layers",
                        layers));
    }

    private static byte[] statement(Digest image, String predicate) {
        return bytes(
                """
                {"_type":"https://in-toto.io/Statement/v1",\
                "subject":[{"digest":{"sha256":"%s"}}],"predicateType":"%s","predicate":{}}\
                """
                        .formatted(image.hex(), predicate));
    }

    private static byte[] bundle(KeyPair keys, String type, byte[] payload) throws Exception {
        var head = "DSSEv1 " + type.length() + " " + type + " " + payload.length + " ";
        var message = new java.io.ByteArrayOutputStream();
        message.writeBytes(bytes(head));
        message.writeBytes(payload);
        var base64 = Base64.getEncoder();
        var sig = base64.encodeToString(sign(keys.getPrivate(), message.toByteArray()));
        var envelope =
                Map.of(
                        "payload",
                        base64.encodeToString(payload),
                        "payloadType",
                        type,
                        "signatures",
                        List.of(Map.of("sig", sig)));
        return Json.write(Map.of("mediaType", BUNDLE, "dsseEnvelope", envelope));
    }

    private Map<String, Object> referrer(byte[] bundle) {
        var manifest = manifest(List.of(registry.blob(BUNDLE, bundle).fields()));
        var digest = registry.manifest("referrer", manifest);
        return new Descriptor(MediaTypes.OCI_MANIFEST, digest, manifest.length).fields();
    }

    private static byte[] index(List<Map<String, Object>> manifests) {
        return Json.write(
                Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MediaTypes.OCI_INDEX,
                        "manifests",
                        manifests));
    }

    private SignatureRules rules(KeyPair... keys) {
        var all = new ArrayList<VerificationKey>();
        for (var each : keys) all.add(VerificationKey.parse(pem(each)));
        return new SignatureRules(List.of(new SignatureRules.Rule(registry.host(), all)));
    }

    private Pull.Pulled pull(SignatureRules rules) throws Exception {
        return pull(rules, "1");
    }

    private Pull.Pulled pull(SignatureRules rules, String tag) throws Exception {
        var registries =
                new Registries(
                        new RegistrySettings(List.of(), Set.of(), List.of(), Map.of(), "test"));
        return new Pull(store.images, store.content, store.layers, registries, () -> rules)
                .run(
                        ALICE,
                        Reference.parse(registry.host() + "/app:" + tag),
                        Optional.empty(),
                        new Credentials.Anonymous(),
                        new TransferProgress() {
                            @Override
                            public void image(Reference reference) {}

                            @Override
                            public void layer(Digest layer, Step step, long done, long size) {}
                        });
    }

    private void assertRefused(String reason) throws Exception {
        assertThatThrownBy(() -> pull(rules(own)))
                .isInstanceOf(UnsignedException.class)
                .hasMessageContaining("the policy for '" + registry.host() + "' demands")
                .hasMessageContaining(reason);
        store.assertEmpty();
    }

    @Test
    void anUnsignedImageIsRefusedAndNothingOfItIsFetched() throws Exception {
        assertRefused("no signature of " + image());
        assertThat(registry.asked("GET /v2/app/blobs/")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"EC, 256", "RSA, 2048", "Ed25519, 0"})
    void anImageThatTheKeySignedIsPulled(String kind, int bits) throws Exception {
        own = keys(kind, bits);
        attach(image(), payload(image()), sign(own.getPrivate(), payload(image())));
        assertThat(pull(rules(others, own)).digest()).isEqualTo(image());
    }

    @Test
    void aSignatureByAnotherKeyIsNone() throws Exception {
        attach(image(), payload(image()), sign(others.getPrivate(), payload(image())));
        assertRefused("is by another key");
    }

    @Test
    void aSignatureOfAnotherImageIsNone() throws Exception {
        var other = Sha256.of(bytes("other"));
        attach(image(), payload(other), sign(own.getPrivate(), payload(other)));
        assertRefused("is of something else");
    }

    @Test
    void aSignedPayloadOfAnotherKindIsNone() throws Exception {
        var payload = payload(image(), "atomic container signature");
        attach(image(), payload, sign(own.getPrivate(), payload));
        assertRefused("is of something else");
    }

    @Test
    void aChangedPayloadIsNone() throws Exception {
        var other = Sha256.of(bytes("other"));
        attach(image(), payload(image()), sign(own.getPrivate(), payload(other)));
        assertRefused("is by another key");
    }

    @Test
    void aSignatureThatIsNoBase64OrNoneAtAllIsRefused() throws Exception {
        attach(image(), payload(image()), new byte[0]);
        assertRefused("is by another key");
        var blob = registry.blob(SIMPLE, payload(image())).fields();
        registry.manifest("sha256-" + image().hex() + ".sig", manifest(List.of(blob)));
        assertRefused("is by another key");
        registry.manifest("sha256-" + image().hex() + ".sig", bytes("{}"));
        assertRefused("schemaVersion");
    }

    @Test
    void aBundleAmongTheReferrersIsASignature() throws Exception {
        var bundle = bundle(own, IN_TOTO, statement(image(), SIGNS));
        var list = index(List.of(referrer(bundle)));
        registry.doings.put(
                "GET /v2/app/referrers/" + image(), exchange -> answer(exchange, 200, list));
        assertThat(pull(rules(own)).digest()).isEqualTo(image());
    }

    @Test
    void soIsOneUnderTheReferrersTag() throws Exception {
        var bundle = bundle(own, IN_TOTO, statement(image(), SIGNS));
        registry.manifest("sha256-" + image().hex(), index(List.of(referrer(bundle))));
        assertThat(pull(rules(own)).digest()).isEqualTo(image());
    }

    @ParameterizedTest
    @CsvSource({
        "https://slsa.dev/provenance/v1, application/vnd.in-toto+json",
        "https://sigstore.dev/cosign/sign/v1, application/json"
    })
    void anAttestationByTheSameKeyIsNoSignature(String predicate, String type) throws Exception {
        var bundle = bundle(own, type, statement(image(), predicate));
        registry.manifest("sha256-" + image().hex(), index(List.of(referrer(bundle))));
        assertRefused("is of something else");
    }

    @Test
    void aBundleByAnotherKeyIsNone() throws Exception {
        var bundle = bundle(others, IN_TOTO, statement(image(), SIGNS));
        registry.manifest("sha256-" + image().hex(), index(List.of(referrer(bundle))));
        assertRefused("is by another key");
    }

    @Test
    void oneOfManyReferrersIsEnoughAndNoListIsEndless() throws Exception {
        var good = referrer(bundle(own, IN_TOTO, statement(image(), SIGNS)));
        var bad = referrer(bundle(others, IN_TOTO, statement(image(), SIGNS)));
        var many = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < 40; i++) many.add(bad);
        many.add(good);
        registry.manifest("sha256-" + image().hex(), index(many));
        assertThat(pull(rules(own)).digest()).isEqualTo(image());
        for (int i = 0; i < 400; i++) many.addFirst(bad);
        registry.manifest("sha256-" + image().hex(), index(many));
        assertThatThrownBy(() -> pull(rules(own))).isInstanceOf(UnsignedException.class);
        assertThat(registry.asked("GET /v2/app/manifests/sha256:")).hasSizeLessThan(400);
    }

    @Test
    void theIndexThatWasSignedIsEnough() throws Exception {
        var manifest = Objects.requireNonNull(registry.manifests.get("1"));
        var platform = dev.rootbound.oci.Platform.host();
        var entry =
                new LinkedHashMap<>(
                        new Descriptor(MediaTypes.OCI_MANIFEST, image(), manifest.length).fields());
        entry.put("platform", Map.of("os", platform.os(), "architecture", platform.architecture()));
        var index = registry.manifest("multi", index(List.of(entry)));
        attach(index, payload(index), sign(own.getPrivate(), payload(index)));
        assertThat(pull(rules(own), "multi").digest()).isEqualTo(index);
        assertThatThrownBy(() -> pull(rules(own), "1")).isInstanceOf(UnsignedException.class);
    }

    @Test
    void aRegistryThatDoesNotTellIsNotTakenForOneWithout() throws Exception {
        registry.doings.put(
                "GET /v2/app/referrers/", exchange -> answer(exchange, 403, new byte[0]));
        assertThatThrownBy(() -> pull(rules(own))).isInstanceOf(RegistryException.class);
        store.assertEmpty();
    }

    @Test
    void theNarrowestRuleCounts() throws Exception {
        var key = List.of(VerificationKey.parse(pem(own)));
        var all = new SignatureRules.Rule(SignatureRules.Rule.ALL, key);
        var here = new SignatureRules.Rule(registry.host() + "/app", List.of());
        var near = new SignatureRules.Rule(registry.host() + "/ap", key);
        assertThat(pull(new SignatureRules(List.of(all, near, here))).isNew()).isTrue();
        assertThatThrownBy(() -> pull(new SignatureRules(List.of(near, all))))
                .isInstanceOf(UnsignedException.class)
                .hasMessageContaining("'*'");
        assertThat(pull(new SignatureRules(List.of(near))).isNew()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"EC, 384, P-256", "RSA, 1024, 2048 bits", "DSA, 1024, no ECDSA"})
    void aWeakKeyOrOneOfAnotherKindIsRefused(String kind, int bits, String reason)
            throws Exception {
        var pem = pem(keys(kind, bits));
        assertThatThrownBy(() -> VerificationKey.parse(pem))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsNoKeyIsRefused() {
        for (var text : List.of("", "key", "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----")) {
            assertThatThrownBy(() -> VerificationKey.parse(text))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
