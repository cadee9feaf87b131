package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Reads its seeds; with {@code JAZZER_FUZZ=1} and one method, whatever Jazzer makes of them. */
class ChallengeFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void challenge(byte[] header) {
        DamagedChallengeTest.hasRealm(new String(header, UTF_8));
    }
}
