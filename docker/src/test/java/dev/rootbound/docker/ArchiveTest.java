package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.RootFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wire of {@code docker cp}. */
@Timeout(10)
class ArchiveTest extends ServedEngine {
    private RawClient.Answer ask(String method, String query) throws IOException {
        return RawClient.ask(socket, method, "/v1.43/containers/box/archive" + query, "body");
    }

    private static String stat(String head) {
        var from = head.indexOf("X-Docker-Container-Path-Stat: ") + 30;
        var value = head.substring(from, head.indexOf("\r\n", from));
        return new String(Base64.getDecoder().decode(value), UTF_8);
    }

    @Test
    void headSaysWhatAPathIs() throws IOException {
        engine.files.stat =
                new RootFiles.PathStat(
                        "l", 3, 0120777, Instant.ofEpochSecond(5, 120_000_000), "/d/x");
        try (var client = new RawClient(socket)) {
            var request = RawClient.request("HEAD", "/containers/box/archive?path=/l", "");
            client.say(request.replace("Host: d", "Host: d\r\nConnection: close"));
            var answer = new String(client.toEnd(), UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
            assertThat(stat(answer))
                    .isEqualTo(
                            "{\"name\":\"l\",\"size\":3,\"mode\":134218239,"
                                    + "\"mtime\":\"1970-01-01T00:00:05.120Z\",\"linkTarget\":\"/d/x\"}");
        }
        RawClient.until(() -> engine.files.asked.size() == 2); // closed after the answer
        assertThat(engine.files.asked).containsExactly("box /l", "closed");
    }

    @Test
    void getIsTheStatAndTheArchive() throws IOException {
        var answer = ask("GET", "?path=/d/%ff%2F.");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.has("Content-Type: application/x-tar")).isTrue();
        assertThat(stat(answer.head())).contains("\"name\":\"f\"");
        assertThat(answer.body()).isEqualTo("a tar");
        RawClient.until(() -> engine.files.asked.size() == 2); // closed after the answer
        assertThat(engine.files.asked).containsExactly("box /d/\u00ff/.", "closed");
    }

    @Test
    void anArchiveThatFailsIsCutShort() throws IOException {
        engine.files.broken = true;
        try (var client = new RawClient(socket)) {
            client.say(RawClient.request("GET", "/containers/box/archive?path=/d", ""));
            assertThat(new String(client.toEnd(), StandardCharsets.UTF_8))
                    .contains("a tar")
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', false, false",
        "&noOverwriteDirNonDir=true, true, false",
        "&noOverwriteDirNonDir=0&copyUIDGID=1, false, true"
    })
    void putCopiesAsAsked(String query, boolean keepKinds, boolean asUser) throws IOException {
        assertThat(ask("PUT", "?path=/d" + query).status()).isEqualTo(200);
        assertThat(engine.files.copied).asString().isEqualTo("body");
        assertThat(engine.files.asked)
                .containsExactly("box /d " + new RootFiles.Copying(keepKinds, asUser));
    }

    @Test
    void withoutAPathNothingIsDone() throws IOException {
        for (var method : new String[] {"GET", "PUT"}) {
            assertThat(ask(method, "").status()).isEqualTo(400);
            assertThat(ask(method, "?path=").status()).isEqualTo(400);
        }
        assertThat(engine.files.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0040755, 2147484141",
        "0120777, 134218239",
        "0100644, 420",
        "0104755, 8389101",
        "0102755, 4194797",
        "0041777, 2148532735",
        "0020666, 69206454",
        "0060660, 67109296",
        "0010600, 33554816",
        "0140777, 16777727"
    })
    void modesAreGos(String octal, long go) {
        assertThat(PathStatJson.goMode(Integer.parseInt(octal, 8))).isEqualTo(go);
    }
}
