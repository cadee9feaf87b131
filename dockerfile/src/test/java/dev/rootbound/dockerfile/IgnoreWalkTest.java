package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A walk that skips directories sees what one that skips none sees. */
class IgnoreWalkTest {
    private static final String[] NAMES = {"a", "b", "ab", ".c"};
    private static final String[] PATTERNS = {
        "a", "b", "a/b", "*", "**", "**/a", "a/**", "*/b", "a/*/ab", "**/.c", "?b", "[ab]", "a**"
    };

    @Test
    void nothingIsLostByWhatIsSkipped() {
        var random = new Random(20261123);
        int skipped = 0;
        for (int round = 0; round < 5000; round++) {
            var patterns = new ArrayList<String>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                var pattern = PATTERNS[random.nextInt(PATTERNS.length)];
                patterns.add(random.nextBoolean() ? pattern : "!" + pattern);
            }
            var ignore = Ignore.of(patterns);
            var all = new ArrayList<String>();
            var seen = new ArrayList<String>();
            walk(ignore.root(), "", 3, false, all);
            skipped += walk(ignore.root(), "", 3, true, seen);
            assertThat(seen).as(patterns.toString()).isEqualTo(all);
            for (var path : all) assertThat(ignore.excludes(path)).isFalse();
        }
        assertThat(skipped).isGreaterThan(1000);
    }

    private static int walk(
            Ignore.Match match, String path, int depth, boolean skips, List<String> included) {
        if (!path.isEmpty() && !match.isExcluded()) included.add(path);
        if (depth == 0) return 0;
        if (skips && !match.mayIncludeBelow()) return 1;
        int skipped = 0;
        for (var name : NAMES) {
            var below = path.isEmpty() ? name : path + "/" + name;
            skipped += walk(match.below(name), below, depth - 1, skips, included);
        }
        return skipped;
    }

    /** Each is looked at for each character of each name in a context. */
    @Test
    void patternsOfMoreThanAPersonWritesAreRefused() throws DockerfileException {
        var line = "**/" + "x".repeat(60) + "\n";
        assertThat(Ignore.parse("i", line.repeat(2000)).excludes("a/b")).isFalse();
        assertThatThrownBy(() -> Ignore.parse("i", line.repeat(65_000)))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("more than 131072 characters");
        assertThatThrownBy(() -> Ignore.of(Collections.nCopies(3000, line)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
