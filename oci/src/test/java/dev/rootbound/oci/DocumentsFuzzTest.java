package dev.rootbound.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rootbound.oci.DamagedDocumentsTest.Kind;

/** Reads its seeds; with {@code JAZZER_FUZZ=1} and one method, whatever Jazzer makes of them. */
class DocumentsFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void manifest(byte[] document) {
        DamagedDocumentsTest.isRead(Kind.MANIFEST, document);
    }

    @FuzzTest(maxDuration = "2m")
    void index(byte[] document) {
        DamagedDocumentsTest.isRead(Kind.INDEX, document);
    }

    @FuzzTest(maxDuration = "2m")
    void config(byte[] document) {
        DamagedDocumentsTest.isRead(Kind.CONFIG, document);
    }

    @FuzzTest(maxDuration = "2m")
    void digest(byte[] bytes) {
        var text = new String(bytes, UTF_8);
        try {
            assertThat(Digest.parse(text).toString()).isEqualTo(text).hasSize(71);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
