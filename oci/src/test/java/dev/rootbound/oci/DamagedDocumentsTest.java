package dev.rootbound.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DamagedDocumentsTest {
    private static final int ROUNDS = 20_000;
    private static final Pattern UNSEEN = Pattern.compile("\\p{Cc}");
    private static final String[] INTERESTING = {
        "null", "{}", "[]", "\"\"", "-1", "1e999", "9223372036854775808", "true", "\\u0000",
                "\\ud800",
        "\u001b", "\"", "{", "[", ",", ":", "sha256:", "\"layers\":", "\"manifests\":",
                "\"config\":"
    };
    private static final String DIGEST = "\"sha256:" + "0123456789abcdef".repeat(4) + "\"";
    private static final String DESCRIPTOR =
            "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":"
                    + DIGEST
                    + ",\"size\":7,\"annotations\":{\"a\":\"b\"},"
                    + "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}}";

    enum Kind {
        MANIFEST,
        INDEX,
        CONFIG,
        DESCRIPTOR;

        private String whole() {
            return switch (this) {
                case MANIFEST ->
                        "{\"schemaVersion\":2,\"config\":"
                                + DamagedDocumentsTest.DESCRIPTOR
                                + ",\"layers\":["
                                + DamagedDocumentsTest.DESCRIPTOR
                                + "]}";
                case INDEX ->
                        "{\"schemaVersion\":2,\"manifests\":["
                                + DamagedDocumentsTest.DESCRIPTOR
                                + "]}";
                case CONFIG ->
                        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=b\"],"
                                + "\"Entrypoint\":\"/x\",\"Labels\":{\"a\":\"b\"},\"Volumes\":{\"/d\":{}},"
                                + "\"Healthcheck\":{\"Test\":[\"NONE\"],\"Retries\":3,\"Interval\":5}},"
                                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                                + DIGEST
                                + "]},\"history\":[{\"created_by\":\"x\",\"empty_layer\":true}]}";
                case DESCRIPTOR -> DamagedDocumentsTest.DESCRIPTOR;
            };
        }

        private Object parse(byte[] document) throws MalformedException {
            return switch (this) {
                case MANIFEST -> Manifest.parse(document);
                case INDEX -> Index.parse(document);
                case CONFIG -> ImageConfig.parse(document);
                case DESCRIPTOR -> Descriptor.of(Json.object(document, "descriptor"));
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(20)
    void aDamagedDocumentIsReadOrRefusedAndNothingElse(Kind kind) {
        var random = new Random(20261122);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (!isRead(kind, damaged(kind.whole(), random))) refused++;
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    /** Whatever the bytes; false if they are refused as they should. */
    static boolean isRead(Kind kind, byte[] document) {
        try {
            assertThat(kind.parse(document)).isNotNull();
            return true;
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotEmpty().hasSizeLessThan(1100);
            assertThat(UNSEEN.matcher(e.getMessage()).find()).isFalse();
            return false;
        }
    }

    private static byte[] damaged(String whole, Random random) {
        var text = new StringBuilder(whole);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            text.replace(at, end, INTERESTING[random.nextInt(INTERESTING.length)]);
        }
        var bytes = text.toString().getBytes(UTF_8);
        if (random.nextInt(4) == 0) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
