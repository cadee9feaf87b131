package dev.rootbound.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/** Reads its seeds; with {@code JAZZER_FUZZ=1} and one method, whatever Jazzer makes of them. */
class DockerfileFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void dockerfile(byte[] text) {
        DamagedDockerfileTest.isRead(new String(text, UTF_8));
    }

    @FuzzTest(maxDuration = "2m")
    void ignore(byte[] text) {
        DamagedDockerfileTest.isIgnoreRead(new String(text, UTF_8));
    }

    @FuzzTest(maxDuration = "2m")
    void word(byte[] text) {
        var word = new String(text, UTF_8);
        var values = Variables.of(Map.of("a", "a/b.c/d", "b", ""));
        try {
            var expansion = Expansion.of(word.startsWith("`") ? '`' : '\\');
            assertThat(String.join("", expansion.words(word, values)).length())
                    .isLessThanOrEqualTo(expansion.text(word, values).length());
        } catch (ExpansionException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
