package dev.rootbound.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileModeTest {
    private static String of(String text, String mode, boolean directory) {
        return Integer.toOctalString(FileMode.parse(text).of(Integer.parseInt(mode, 8), directory));
    }

    /** What chmod(1) of GNU coreutils makes of them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "755 600 755",
                "0755 600 755",
                "4 777 4",
                "7777 0 7777",
                "u=rwX,go=rX 600 644",
                "u=rwX,go=rX 700 755",
                "+x 644 755",
                "a-w 777 555",
                "go= 4755 4700",
                "g=u 640 660",
                "o=g-w 660 664",
                "u+s,g+s,+t 755 7755",
                "ug+s 755 6755",
                "u-s 4755 755",
                "u=rw+x 0 700"
            })
    void aModeIsReadAsByChmod(String text, String mode, String expected) {
        assertThat(of(text, mode, false)).isEqualTo(expected);
    }

    @Test
    void aDirectoryIsExecutableWhereThatIsAskedOfDirectories() {
        assertThat(of("u=rwX,go=rX", "600", true)).isEqualTo("755");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "77777", "u", "rwx", "u=q", "u=rw,", ",", "x+r", "u=ur", "-1"})
    void whatIsNoModeIsRefused(String text) {
        assertThatThrownBy(() -> FileMode.parse(text)).hasMessageContaining("is expected");
    }
}
