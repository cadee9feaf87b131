package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ConnectionTest extends EngineOfTest {
    private Json get() throws IOException {
        return engine.client().get(Target.of("/x"));
    }

    @Test
    void chunksAreJoinedAndInterimAnswersSkipped() throws Exception {
        engine.on(
                "GET /x",
                r -> {
                    r.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
                    r.send("Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\n{\"a\":\r\n3\r\n");
                    r.send("\"b\"\r\n1\r\n}\r\n0\r\nT: x\r\n\r\n");
                });

        assertThat(get().text("a")).isEqualTo("b");
    }

    @Test
    void anAnswerThatEndsEarlyIsAnError() {
        engine.on("GET /x", r -> r.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"));

        assertThatThrownBy(this::get).hasMessageContaining("ended before it had answered in full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 2",
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{x",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            })
    void aMalformedAnswerIsAnError(String answer) {
        engine.on("GET /x", r -> r.send(answer));

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    }

    @Test
    void aHeadWithoutEndIsNotReadForEver() {
        engine.on(
                "GET /x",
                r -> {
                    while (true) r.send("x".repeat(4096));
                });

        assertThatThrownBy(this::get).hasMessageContaining("no end of line");
    }

    @Test
    void theEnginesSentenceIsTheErrorsMessage() {
        engine.on("GET /x", 409, "{\"message\":\"name is taken: \\u00e9\"}");

        assertThatThrownBy(this::get)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(409))
                .hasMessage("name is taken: é");
    }

    @Test
    void anAbsentEngineIsSaidToBeAbsent() throws Exception {
        var client = new ApiClient(new EngineAddress.Unix(directory.resolve("none.sock")));

        assertThatThrownBy(() -> client.get(Target.of("/x")))
                .hasMessageContaining("none.sock")
                .hasMessageContaining("rootbound daemon");
    }

    @Test
    void aHijackedStreamGoesBothWaysAtOnceAndIsHalfClosed() throws Exception {
        byte[] data = new byte[10 << 20];
        new Random(1).nextBytes(data);
        engine.on(
                "POST /x",
                r -> {
                    r.upgrade();
                    byte[] buffer = new byte[9999];
                    for (int n; (n = r.in().read(buffer)) >= 0; ) r.out().write(buffer, 0, n);
                    r.send("after the end of input");
                });

        try (var answer = engine.client().hijack(Target.of("/x"), null)) {
            Thread.ofVirtual().start(() -> sendAll(answer.connection(), data));
            byte[] got = answer.body().readAllBytes();

            assertThat(Arrays.equals(Arrays.copyOf(got, data.length), data)).isTrue();
            assertThat(
                            new String(
                                    got,
                                    data.length,
                                    got.length - data.length,
                                    StandardCharsets.UTF_8))
                    .isEqualTo("after the end of input");
        }
    }

    private static void sendAll(Connection connection, byte[] data) {
        try {
            connection.output().write(data);
            connection.endOutput();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void anUploadThatTheEngineRefusesEarlyGetsItsReason() {
        engine.on("POST /early", 400, "{\"message\":\"not a tar\"}");
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 0;
                    }
                };

        assertThatThrownBy(() -> engine.client().upload(Target.of("/early"), endless))
                .hasMessage("not a tar");
    }

    @Test
    void framesMayBeSplitAnywhere() throws Exception {
        byte[] stream = concat(FakeEngine.frame(1, "out"), FakeEngine.frame(2, "err é"));
        for (int cut = 0; cut <= stream.length; cut++) {
            var out = new ByteArrayOutputStream();
            var err = new ByteArrayOutputStream();
            var in =
                    new SequenceInputStream(
                            new ByteArrayInputStream(stream, 0, cut),
                            new ByteArrayInputStream(stream, cut, stream.length - cut));

            Frames.copy(in, out, err);

            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out");
            assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err é");
        }
    }

    @Test
    void aStreamCutInAFrameIsAnError() {
        byte[] frame = FakeEngine.frame(1, "out");
        for (int length : new int[] {1, 7, 8, frame.length - 1})
            assertThatThrownBy(() ->
                            Frames.copy(
                                    new ByteArrayInputStream(frame, 0, length),
                                    new ByteArrayOutputStream(),
                                    new ByteArrayOutputStream()))
                    .isInstanceOf(EngineGoneException.class);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
