package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramedInputTest {
    private static ByteArrayInputStream body(String bytes) {
        return new ByteArrayInputStream(
                bytes.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    @Test
    void streamsFollowEachOther() throws IOException {
        var body = body("\0\0\0\3abc\0\0\0\1d\0\0\0\0" + "\0\0\0\0" + "rest");
        assertThat(new FramedInput(body)).hasContent("abcd");
        assertThat(new FramedInput(body)).isEmpty();
        assertThat(body).hasContent("rest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0", "\0\0\0\2a", "\0\0\0\1a"})
    void oneThatEndsEarlyIsCut(String bytes) {
        assertThatThrownBy(() -> new FramedInput(body(bytes)).readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    @Test
    void aLengthIsNotNegative() {
        assertThatThrownBy(() -> new FramedInput(body("\u00ff\0\0\0abc")).readAllBytes())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("length");
    }
}
