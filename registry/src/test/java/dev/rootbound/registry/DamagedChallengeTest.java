package dev.rootbound.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DamagedChallengeTest {
    private static final int ROUNDS = 50_000;
    private static final String WHOLE =
            "Bearer realm=\"https://auth.example/t?a=b\", service=reg , scope=\"x:\\\"y\\\\:pull\"";
    private static final String INTERESTING = "\"\\=, \t\u0000\u00ffAz'\n\ud800";

    @Test
    @Timeout(20)
    void aDamagedChallengeIsReadOrPassedOverAndNothingElse() {
        var random = new Random(20261122);
        int with = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (hasRealm(damaged(random))) with++;
        }
        assertThat(with).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    /** Whatever the text. */
    static boolean hasRealm(String text) {
        var parsed = Challenge.parse(text);
        if (parsed.isEmpty()) return false;
        var challenge = parsed.get();
        assertThat(challenge.scheme()).isNotEmpty().doesNotContain(" ");
        for (var name : challenge.parameters().keySet()) {
            assertThat(name).matches("[^\\s\",=]{1,64}").isEqualTo(name.toLowerCase(Locale.ROOT));
        }
        return !challenge.parameter("realm").isEmpty();
    }

    private static String damaged(Random random) {
        var text = new StringBuilder(WHOLE);
        for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, character(random));
                default -> text.setCharAt(at, character(random));
            }
        }
        return text.toString();
    }

    private static char character(Random random) {
        return INTERESTING.charAt(random.nextInt(INTERESTING.length()));
    }

    @Test
    @Timeout(20)
    void aLongChallengeIsReadInLittleTimeAndStack() {
        for (var piece : new String[] {"\\x", "a=", "a=\"", "\"", "a=b,", " ", "=", "a"}) {
            var text = "Bearer realm=\"" + piece.repeat(8000 / piece.length());
            for (int i = 0; i < 50; i++) assertThat(Challenge.parse(text)).isPresent();
            assertThat(Challenge.parse(text + "\"")).isPresent();
            assertThat(Challenge.parse(text + text)).isEmpty();
        }
    }
}
