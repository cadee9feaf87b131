package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DamagedReferenceTest {
    private static final int ROUNDS = 50_000;
    private static final String[] WHOLE = {
        "busybox",
        "localhost:5000/a/b_c.d--e:V1.2-x",
        "[fd00::1]:443/x",
        "R.example/p@sha256:" + "0123456789abcdef".repeat(4)
    };
    private static final String INTERESTING = "aZ09/:@.-_[]+ \u0000\n\u00e4\ud800..%?#";

    @Test
    @Timeout(20)
    void aDamagedReferenceIsReadOrRefusedAndNothingElse() {
        var random = new Random(20261122);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (!isRead(damaged(random))) refused++;
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    /** Whatever the text; false if it is refused as it should. */
    static boolean isRead(String text) {
        Reference reference;
        try {
            reference = Reference.parse(text);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return false;
        }
        // it goes into addresses and, its domain, into the names of directories
        assertThat(reference.canonical()).matches("[A-Za-z0-9/:@._\\[\\]-]+");
        assertThat(reference.domain()).doesNotContain("/").doesNotContain("..");
        assertThat(reference.path()).doesNotContain("..").doesNotStartWith("/");
        assertThat(Reference.parse(reference.canonical())).isEqualTo(reference);
        assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
        return true;
    }

    private static String damaged(Random random) {
        var text = new StringBuilder(WHOLE[random.nextInt(WHOLE.length)]);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            char one = INTERESTING.charAt(random.nextInt(INTERESTING.length()));
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at).append(one);
                case 1 -> text.insert(at, one);
                default -> text.setCharAt(at, one);
            }
        }
        return text.toString();
    }

    @Test
    @Timeout(20)
    void aLongReferenceIsReadInLittleTimeAndStack() {
        for (var piece : new String[] {"a", "a-", "a.", "a/", "-", "__", "a:", "a--", "A-", "[:"}) {
            var text = "h.x/" + piece.repeat(1000 / piece.length()) + "!";
            for (int i = 0; i < 20; i++) refuse(text);
            refuse(piece.repeat(1000 / piece.length()) + "/x!");
            refuse(piece.repeat(1_000_000));
        }
    }

    private static void refuse(String text) {
        try {
            throw new AssertionError("read: " + Reference.parse(text));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
