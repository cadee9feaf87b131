package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HttpTest extends ServedEngine {
    @Test
    void pingSaysWhatTheEngineSpeaks() throws IOException {
        var answer = RawClient.ask(socket, "GET", "/_ping", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("OK");
        assertThat(answer.has("Api-Version: 1.51")).isTrue();
        assertThat(answer.has("Ostype: linux")).isTrue();
        assertThat(answer.has("Docker-Experimental: false")).isTrue();
        assertThat(answer.has("Builder-Version: 1")).isTrue();
        assertThat(answer.has("Swarm: inactive")).isTrue();
    }

    @Test
    void oneConnectionCarriesManyRequestsAlsoPipelinedOnes() throws IOException {
        try (var client = new RawClient(socket)) {
            var ping = RawClient.request("GET", "/v1.43/_ping", "");
            client.say(ping + ping + ping);
            for (int i = 0; i < 3; i++) {
                assertThat(client.answer().body()).isEqualTo("OK");
            }
            client.say(RawClient.request("GET", "/containers/json", ""));
            assertThat(client.answer().body()).isEqualTo("[]\n");
        }
    }

    @Test
    void pipelinedRequestsBeforeAHalfCloseAreAllAnswered() throws IOException {
        try (var client = new RawClient(socket)) {
            var ping = RawClient.request("GET", "/_ping", "");
            client.say(ping + ping + ping);
            client.endOutput();
            assertThat(new String(client.toEnd(), StandardCharsets.UTF_8))
                    .matches("(?s)(HTTP/1.1 200 OK.*?\r\n\r\nOK){3}");
        }
    }

    @Test
    void aHeadRequestHasNoBody() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say("HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK").contains("Content-Length: 2");
            client.say(RawClient.request("GET", "/_ping", ""));
            assertThat(client.answer().body()).isEqualTo("OK");
        }
    }

    @Test
    void anHttp10ClientGetsItsAnswerAndTheEnd() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say("GET /_ping HTTP/1.0\r\n\r\n");
            assertThat(new String(client.toEnd(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.0 200 OK")
                    .endsWith("\r\n\r\nOK");
        }
    }

    @Test
    void aClientThatHalfClosesBehindItsRequestIsAnswered() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say("GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n");
            client.endOutput();
            assertThat(new String(client.toEnd(), StandardCharsets.UTF_8)).endsWith("OK");
        }
    }

    @Test
    void chunkedBodiesArriveWhole() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say(
                    String.join(
                            "\r\n",
                            "POST /images/load HTTP/1.1",
                            "Host: d",
                            "Transfer-Encoding: chunked",
                            "",
                            "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"));
            assertThat(client.answer().body()).contains("Loaded image: box:latest\\n");
            assertThat(engine.loaded).asString().isEqualTo("hello world");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say(
                    String.join(
                            "\r\n",
                            "POST /images/load HTTP/1.1",
                            "Host: d",
                            "Content-Length: 3",
                            "Expect: 100-continue\r\n\r\n"));
            assertThat(client.head()).startsWith("HTTP/1.1 100 Continue");
            client.say("tar");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsNotHttpIsRefusedAsHttp() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say("\u0001\u0002 rubbish\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void headersWithoutEndAreRefused() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say("GET /_ping HTTP/1.1\r\nX: " + "x".repeat(100_000) + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(431);
        }
    }

    @Test
    void aBodyThatIsTooLongIsRefusedAndItsSenderStillGetsTheAnswer() throws IOException {
        try (var client = new RawClient(socket)) {
            int length = (16 << 20) + 100_000;
            client.say(
                    "POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Length: "
                            + length
                            + "\r\n\r\n");
            client.say(new byte[length]);
            assertThat(client.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void versionsOutsideTheRangeAreRefusedInDockersWords() throws IOException {
        assertThat(RawClient.ask(socket, "GET", "/v1.99/info", "").body())
                .contains("client version 1.99 is too new. Maximum supported API version is 1.51");
        var old = RawClient.ask(socket, "GET", "/v1.12/info", "");
        assertThat(old.status()).isEqualTo(400);
        assertThat(old.body()).contains("Minimum supported API version is 1.24");
    }

    @Test
    void unbuiltEndpointsAreToldFromUnknownOnes() throws IOException {
        assertThat(RawClient.ask(socket, "POST", "/v1.50/build/cancel", "").status())
                .isEqualTo(501);
        assertThat(RawClient.ask(socket, "GET", "/v1.50/plugins", "").status()).isEqualTo(501);
        assertThat(RawClient.ask(socket, "GET", "/networks/x", "").status()).isEqualTo(404);
        assertThat(RawClient.ask(socket, "GET", "/services/x", "").status()).isEqualTo(503);
        var unknown = RawClient.ask(socket, "GET", "/kittens", "");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("{\"message\":\"page not found\"}\n");
    }

    @Test
    void theCallerIsWhomTheKernelNames() throws IOException {
        RawClient.ask(socket, "POST", "/containers/create", "{\"Image\":\"box\"}");
        long uid = ((Number) java.nio.file.Files.getAttribute(socket, "unix:uid")).longValue();
        assertThat(engine.callers.getFirst().uid()).isEqualTo(uid);
        assertThat(engine.callers.getFirst().tenant().uid()).isEqualTo(uid);
    }

    @Test
    void theSocketIsOpenAsAskedForAndIsRemovedAtTheEnd() throws IOException {
        assertThat((Integer) java.nio.file.Files.getAttribute(socket, "unix:mode") & 0777)
                .isEqualTo(0666);
        api.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketInUseIsNotTakenOver() {
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> DockerApi.serve(socket, Access.EVERYBODY, engine)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another engine answers");
    }

    @Test
    void aSocketThatNobodyServesIsReplaced() throws IOException {
        var stale = directory.resolve("stale.sock");
        try (var dead =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(java.net.UnixDomainSocketAddress.of(stale));
        }
        try (var _ = DockerApi.serve(stale, Access.EVERYBODY, engine)) {
            assertThat(RawClient.ask(stale, "GET", "/_ping", "").body()).isEqualTo("OK");
        }
    }

    @Test
    void aFileThatIsNoSocketIsNeverTouched() throws IOException {
        var file = java.nio.file.Files.writeString(directory.resolve("notes"), "mine");
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> DockerApi.serve(file, Access.EVERYBODY, engine)))
                .hasMessageContaining("not a socket");
        assertThat(file).hasContent("mine");
    }
}
