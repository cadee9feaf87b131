package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentMessageTest {
    private static byte[] framed(int length, byte... body) {
        return ByteBuffer.allocate(4 + body.length).putInt(length).put(body).array();
    }

    private static AgentMessage read(byte... bytes) throws IOException {
        return requireNonNull(AgentMessage.read(new ByteArrayInputStream(bytes)));
    }

    private static boolean isUse(byte... body) {
        return new AgentMessage(body).isUse();
    }

    /** An extension request whose name is said to have this length. */
    private static byte[] extension(int length, String name) {
        var bytes = name.getBytes(US_ASCII);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) 27)
                .putInt(length)
                .put(bytes)
                .array();
    }

    private static boolean isUse(String extension) {
        return isUse(extension(extension.length(), extension));
    }

    @Test
    void whatIsReadIsWrittenAsItWas() throws IOException {
        var bytes = framed(3, (byte) 13, (byte) 0, (byte) -1);
        var out = new ByteArrayOutputStream();
        read(bytes).write(out);
        assertThat(out.toByteArray()).isEqualTo(bytes);
        assertThat(AgentMessage.read(InputStream.nullInputStream())).isNull();
        assertThat(read(framed(256 << 10, new byte[256 << 10])).isUse()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, (256 << 10) + 1, 0x48545450})
    void lengthsThatNoMessageHasAreRefusedBeforeTheRestIsRead(int length) {
        assertThatThrownBy(() -> read(framed(length)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 to 262144");
    }

    @Test
    void whatEndsInTheMiddleIsNoMessage() {
        for (var bytes : new byte[][] {{0}, {0, 0, 0}, framed(1), framed(3, (byte) 11, (byte) 0)})
            assertThatThrownBy(() -> read(bytes)).hasMessageContaining("without an end");
    }

    @Test
    void keysAreUsedAndNothingElse() {
        assertThat(isUse((byte) 11)).isTrue();
        assertThat(isUse((byte) 13, (byte) 1)).isTrue();
        assertThat(isUse("query")).isTrue();
        assertThat(isUse("session-bind@openssh.com")).isTrue();
        for (int type = -128; type < 128; type++) {
            if (type != 11 && type != 13) assertThat(isUse((byte) type)).as("" + type).isFalse();
        }
    }

    @Test
    void extensionsThatAreNotKnownOrNotNamedRightAreRefused() {
        for (var name : new String[] {"", "restrict-destination-v00@openssh.com", "QUERY"})
            assertThat(isUse(name)).as(name).isFalse();
        for (int length : new int[] {-1, 0, 4, 6, Integer.MAX_VALUE})
            assertThat(isUse(extension(length, "query"))).as("" + length).isFalse();
        assertThat(isUse((byte) 27, (byte) 0, (byte) 0)).isFalse();
    }
}
