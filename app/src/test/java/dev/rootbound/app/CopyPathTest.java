package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyPathTest {
    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, /a, b",
        "/a/b/, /a/b, /a, b",
        "/a/b/., /a/b, /a/b, .",
        "/a, /a, /, a",
        "/, /, /, ''",
        "/., /, /, .",
        "a/../../b, ../b, .., b",
        "/../b//c/, /b/c, /b, c",
        "., ., ., .",
        "'', ., ., .",
        "f, f, ., f",
    })
    void aPathIsADirectoryAndAName(String text, String clean, String directory, String base) {
        var path = new CopyPath(text);
        assertThat(path.clean()).isEqualTo(clean);
        assertThat(path.directory()).isEqualTo(directory);
        assertThat(path.base()).isEqualTo(base);
    }

    @ParameterizedTest
    @CsvSource({
        "box:/f, box, /f",
        "box:f:g, box, f:g",
        "box:, box, ''",
    })
    void aContainersPathHasItsNameBefore(String word, String container, String path) {
        var parsed = ContainerPath.parse(word);
        assertThat(parsed).isEqualTo(new ContainerPath(container, new CopyPath(path)));
    }

    @ParameterizedTest
    @CsvSource({"/a:b", "./a:b", "../a:b", "a", ":a", "-"})
    void otherWordsAreLocal(String word) {
        assertThat(ContainerPath.parse(word)).isNull();
    }

    private static CopyName.End end(String path, boolean exists, boolean directory) {
        return new CopyName.End(new CopyPath(path), exists, directory);
    }

    @Test
    void aDirectoryTakesThingsUnderTheirName() {
        for (boolean directory : new boolean[] {true, false})
            assertThat(CopyName.of("f", directory, end("/d", true, true)))
                    .isEqualTo(new CopyName("/d", "f"));
    }

    @Test
    void aNameThatIsFreeOrAFilesIsTheNewName() {
        assertThat(CopyName.of("f", false, end("/d/g", true, false)))
                .isEqualTo(new CopyName("/d", "g"));
        assertThat(CopyName.of("f", true, end("/d/g/", false, false)))
                .isEqualTo(new CopyName("/d", "g"));
    }

    @Test
    void whatCannotBeIsSaid() {
        assertThatThrownBy(() -> CopyName.of("d", true, end("/f", true, false)))
                .hasMessage("cannot copy directory");
        assertThatThrownBy(() -> CopyName.of("f", false, end("/none/", false, false)))
                .hasMessage("no such directory");
    }
}
