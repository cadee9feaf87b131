package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pull, push and login as they are on the wire. */
@Timeout(20)
class TransfersTest extends ServedEngine {
    private RawClient.Answer post(String path, String auth) throws IOException {
        try (var client = new RawClient(socket)) {
            client.say(
                    RawClient.request("POST", path, "")
                            .replace(
                                    "Host: d\r\n", "Host: d\r\nX-Registry-Auth: " + auth + "\r\n"));
            return client.answer();
        }
    }

    @Test
    void whatARegistryHasIsToldWithoutAPull() throws IOException {
        var line = RawClient.request("GET", "/distribution/a.b/c/box:1/json", "");
        try (var client = new RawClient(socket)) {
            client.say(line);
            assertThat(client.answer().body())
                    .contains(
                            "{\"Descriptor\":{\"mediaType\":\"application/vnd.oci.image.index.v1+json\"")
                    .contains("\"digest\":\"sha256:" + "b".repeat(64) + "\",\"size\":405}")
                    .contains("\"Platforms\":[{\"architecture\":\"amd64\",\"os\":\"linux\"},")
                    .contains("{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}]");
        }
        assertThat(engine.transfers().asked).containsExactly("describe a.b/c/box:1 Anonymous[]");
    }

    @Test
    void aPullSaysWhatEachLayerDoes() throws IOException {
        var answer = post("/images/create?fromImage=box&tag=1&platform=linux/x86_64", "e30=");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().lines())
                .containsExactly(
                        "{\"status\":\"Pulling from library/box\",\"id\":\"1\"}",
                        "{\"status\":\"Pulling fs layer\",\"id\":\"bbbbbbbbbbbb\",\"progressDetail\":{}}",
                        "{\"status\":\"Downloading\",\"id\":\"bbbbbbbbbbbb\",\"progressDetail\":{\"current\":3,\"total\":10}}",
                        "{\"status\":\"Pull complete\",\"id\":\"bbbbbbbbbbbb\",\"progressDetail\":{}}",
                        "{\"status\":\"Digest: sha256:" + "b".repeat(64) + "\"}",
                        "{\"status\":\"Status: Downloaded newer image for box:1\"}");
        assertThat(engine.transfers().asked)
                .containsExactly("pull box:1 Optional[linux/amd64] Anonymous[]");
    }

    @Test
    void withoutATagAllArePulled() throws IOException {
        assertThat(post("/images/create?fromImage=box", "e30=").body())
                .contains("newer image for box:1", "newer image for box:2");
    }

    @Test
    void aDigestIsATagOnTheWire() throws IOException {
        post("/images/create?fromImage=box&tag=sha256:" + "c".repeat(64), "");
        assertThat(engine.transfers().asked.getFirst()).startsWith("pull box@sha256:ccc");
    }

    @Test
    void whatFailsBeforeAnythingWasSaidIsAPlainError() throws IOException {
        var answer = post("/images/create?fromImage=nothing&tag=1", "");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("manifest for nothing:1 not found");
        assertThat(post("/images/create?fromImage=box&tag=1&platform=toaster", "").status())
                .isEqualTo(400);
    }

    @Test
    void credentialsAreReadInEveryFormThatClientsSend() throws IOException {
        post(
                "/images/create?fromImage=box&tag=1",
                encoded("{\"username\":\"u\",\"password\":\"p\"}"));
        post("/images/create?fromImage=box&tag=1", encoded("{\"auth\":\"dTpw\"}").replace("=", ""));
        post("/images/create?fromImage=box&tag=1", encoded("{\"identitytoken\":\"t\"}"));
        post("/images/create?fromImage=box&tag=1", encoded("{\"registrytoken\":\"t\"}"));
        assertThat(engine.transfers().asked)
                .map(line -> line.replaceFirst(".* ", ""))
                .containsExactly("Password[u]", "Password[u]", "IdentityToken", "RegistryToken");
        assertThat(post("/images/create?fromImage=box&tag=1", "???").status()).isEqualTo(400);
        assertThat(post("/images/create?fromImage=box&tag=1", encoded("[]")).status())
                .isEqualTo(400);
        assertThat(post("/images/create?fromImage=box&tag=1", encoded("{\"auth\":\"?\"}")).status())
                .isEqualTo(400);
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().encodeToString(json.getBytes(UTF_8));
    }

    @Test
    void aPushEndsWithWhatWasPushed() throws IOException {
        assertThat(post("/images/box/push?tag=1", "e30=").body().lines())
                .containsExactly(
                        "{\"status\":\"The push refers to repository [docker.io/library/box]\"}",
                        "{\"status\":\"Preparing\",\"id\":\"bbbbbbbbbbbb\",\"progressDetail\":{}}",
                        "{\"status\":\"Pushed\",\"id\":\"bbbbbbbbbbbb\",\"progressDetail\":{}}",
                        "{\"status\":\"1: digest: sha256:" + "b".repeat(64) + " size: 405\"}",
                        "{\"progressDetail\":{},\"aux\":{\"Tag\":\"1\",\"Digest\":\"sha256:"
                                + "b".repeat(64)
                                + "\",\"Size\":405}}");
    }

    @Test
    void whatFailsOnTheWayIsTheLastMessage() throws IOException {
        var answer = post("/images/box/push?tag=broken", "e30=");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().lines().toList().getLast())
                .isEqualTo(
                        "{\"errorDetail\":{\"message\":\"denied: not yours\"},\"error\":\"denied: not yours\"}");
    }

    @Test
    void aLoginIsTheRegistrysToAccept() throws IOException {
        var good = "{\"username\":\"u\",\"password\":\"p\",\"serveraddress\":\"r.example:5000\"}";
        var answer = RawClient.ask(socket, "POST", "/auth", good);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"Status\":\"Login Succeeded\"");
        assertThat(engine.transfers().asked).containsExactly("login r.example:5000 Password[u]");
        assertThat(RawClient.ask(socket, "POST", "/auth", "{}").status()).isEqualTo(401);
    }
}
