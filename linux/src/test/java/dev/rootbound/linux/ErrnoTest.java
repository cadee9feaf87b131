package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrnoTest {
    /** What system calls on files, sockets and processes fail with, and a FUSE server may say. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 13, 19, 22, 28, 61, 75, 98, 101, 103, 104, 107, 113, 116, 117})
    void eachHasANameAndAMeaning(int errno) {
        assertThat(Errno.name(errno)).matches(Pattern.compile("E[A-Z0-9]+ \\([a-z /,A-Z]+\\)"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 4000})
    void whatIsNoneIsGivenAsANumber(int errno) {
        assertThat(Errno.name(errno)).isEqualTo("errno " + errno);
    }
}
