package dev.rootbound.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcePatternTest {
    private static final byte[] EMPTY = {};

    @TempDir Path directory;

    private List<String> found(String pattern, String... names) throws IOException {
        var files = new HashMap<String, byte[]>();
        for (var name : names) files.put(name, EMPTY);
        try (var budget = new FileBudget().begin(1, 1000, _ -> {});
                var all = SourceFiles.of(files, new SourceFiles.Place(directory, budget))) {
            return new SourcePattern(pattern)
                    .in(all).stream().map(SourcePattern.Found::path).toList();
        }
    }

    /** What Go's filepath.Match makes of them. */
    @ParameterizedTest
    @CsvSource({
        "*, abc, true",
        "**, abc, true",
        "a*, abc, true",
        "*c, abc, true",
        "*b, abc, false",
        "*b*, abc, true",
        "a*c, abcbc, true",
        "*bc, abcbc, true",
        "*b*c*, abxcx, true",
        "*b*c*b*, abcd, false",
        "a*?c, abc, true",
        "a*?c, ac, false",
        "*[bc], abc, true",
        "*[^c], abc, false",
        "*[(?>.*?]*c, a>c, true",
        "*.txt, a.txt.txt, true",
        "*.txt, a.txtx, false",
        "'\\*', '*', true",
        "'\\*', a, false",
    })
    void namesAreMatchedAsGoDoes(String pattern, String name, boolean matches) throws IOException {
        assertThat(found(pattern, name)).hasSize(matches ? 1 : 0);
    }

    @Test
    void whatIsNoPatternIsRefused() {
        assertThatThrownBy(() -> found("[a", "a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyStarsTakeNoLongerThanOthers() {
        var name = "a".repeat(60_000);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(found("*a".repeat(2000) + "*b*", name)).isEmpty());
    }
}
