package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Reads its seeds; with {@code JAZZER_FUZZ=1} and one method, whatever Jazzer makes of them. */
class ParsersFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void reference(byte[] text) {
        DamagedReferenceTest.isRead(new String(text, UTF_8));
    }

    /** As it is, and with checksums that are right: a fuzzer does not find those. */
    @FuzzTest(maxDuration = "2m")
    void tar(byte[] archive) throws IOException {
        DamagedTarTest.isRead(archive);
        var repaired = archive.clone();
        for (int at = 0; at + 512 <= repaired.length; at += 512) {
            if (repaired[at + 257] == 'u') DamagedTarTest.repair(repaired, at);
        }
        DamagedTarTest.isRead(repaired);
    }
}
