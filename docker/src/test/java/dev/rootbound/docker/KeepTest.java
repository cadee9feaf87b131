package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.Events;
import dev.rootbound.engine.RootFiles;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events, files, prunes, disk usage and WebSockets as they go over the wire. */
@Timeout(30)
class KeepTest extends ServedEngine {
    private RawClient.Answer ask(String method, String path) throws IOException {
        return RawClient.ask(socket, method, path, "");
    }

    private String create(String name, String fields) throws IOException {
        var answer =
                RawClient.ask(
                        socket,
                        "POST",
                        "/containers/create?name=" + name,
                        "{\"Image\":\"box\"" + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.body().substring(7, 71);
    }

    private static Events.Event event(Events.Type type, String action, String id) {
        var attributes = Map.of("name", "n1", "image", "box:1", "tier", "web");
        return new Events.Event(
                type, action, id, attributes, Instant.ofEpochSecond(12, 345_000_000));
    }

    private static String filters(String json) {
        return "&filters=" + URLEncoder.encode(json, StandardCharsets.UTF_8);
    }

    @Test
    void anEventHasDockersShapeAndItsOldFields() throws IOException {
        engine.events.past.add(event(Events.Type.CONTAINER, "start", "abc"));
        var answer = ask("GET", "/events?since=0&until=13");
        assertThat(answer.body())
                .isEqualTo(
                        "{\"status\":\"start\",\"id\":\"abc\",\"from\":\"box:1\","
                                + "\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"abc\","
                                + "\"Attributes\":{\"image\":\"box:1\",\"name\":\"n1\",\"tier\":\"web\"}},"
                                + "\"scope\":\"local\",\"time\":12,\"timeNano\":12345000000}\n");
    }

    @Test
    void eventsAreFilteredAsInDocker() throws IOException {
        engine.events.past.add(event(Events.Type.CONTAINER, "exec_start: sh", "abc"));
        engine.events.past.add(event(Events.Type.IMAGE, "tag", "sha256:1"));
        for (var both : new String[] {"{\"scope\":[\"local\"]}", "{\"label\":[\"tier=web\"]}"}) {
            assertThat(events(both)).as(both).isEqualTo(2);
        }
        for (var first :
                new String[] {
                    "{\"event\":[\"exec_start\"]}",
                    "{\"type\":[\"container\"]}",
                    "{\"container\":[\"ab\"]}",
                    "{\"container\":[\"n1\"]}",
                    "{\"image\":[\"box\"]}"
                }) {
            assertThat(events(first)).as(first).isEqualTo(1);
        }
        for (var none :
                new String[] {
                    "{\"event\":[\"exec\"]}", "{\"network\":[\"n1\"]}", "{\"label\":[\"tier=db\"]}"
                }) {
            assertThat(events(none)).as(none).isZero();
        }
        assertThat(ask("GET", "/events?x=1" + filters("{\"nonsense\":[\"1\"]}")).status())
                .isEqualTo(400);
        assertThat(ask("GET", "/events?since=5&until=4").status()).isEqualTo(400);
    }

    private long events(String json) throws IOException {
        return ask("GET", "/events?since=12.345&until=13" + filters(json)).body().lines().count();
    }

    @Test
    void eventsComeAtOnceAndEndWithTheClient() throws IOException {
        try (var client = new RawClient(socket)) {
            client.say(RawClient.request("GET", "/events", ""));
            assertThat(client.head()).startsWith("HTTP/1.1 200");
            engine.events.publish(event(Events.Type.IMAGE, "tag", "sha256:1"));
            assertThat(client.chunk()).contains("\"Action\":\"tag\"");
            assertThat(engine.events.open).hasSize(1);
        }
        RawClient.until(() -> engine.events.open.isEmpty());
    }

    @Test
    void changesHaveDockersNumbers() throws IOException {
        var id = create("n1", "");
        assertThat(ask("GET", "/containers/" + id + "/changes").body()).isEqualTo("null\n");
        for (var kind : RootFiles.Kind.values()) {
            engine.files.changes.add(new RootFiles.Change("/" + kind, kind));
        }
        assertThat(ask("GET", "/containers/" + id + "/changes").body())
                .isEqualTo(
                        "[{\"Path\":\"/MODIFIED\",\"Kind\":0},{\"Path\":\"/ADDED\",\"Kind\":1},"
                                + "{\"Path\":\"/DELETED\",\"Kind\":2}]\n");
    }

    @Test
    void anExportThatFailsIsCutShort() throws IOException {
        var id = create("n1", "");
        assertThat(ask("GET", "/containers/" + id + "/export").body()).isEqualTo("a tar");
        assertThat(ask("GET", "/containers/nobody/export").status()).isEqualTo(404);
        engine.files.broken = true;
        try (var client = new RawClient(socket)) {
            client.say(RawClient.request("GET", "/containers/" + id + "/export", ""));
            assertThat(new String(client.toEnd(), StandardCharsets.UTF_8))
                    .contains("a tar")
                    .doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void onlyWhatTheFiltersSayIsPruned() throws IOException {
        var web = create("web", ",\"Labels\":{\"tier\":\"web\"}");
        var db = create("db", "");
        assertThat(prune("containers", "{\"until\":[\"1h30m\"]}")).contains("Deleted\":null");
        assertThat(prune("containers", "{\"until\":[\"9999999999h\"]}"))
                .contains("longer ago than 292 years");
        assertThat(prune("containers", "{\"label!\":[\"tier\"]}")).contains(db);
        assertThat(prune("containers", "{}"))
                .isEqualTo("{\"ContainersDeleted\":[\"" + web + "\"],\"SpaceReclaimed\":10}\n");
        assertThat(
                        ask("POST", "/containers/prune?x=1" + filters("{\"dangling\":[\"1\"]}"))
                                .status())
                .isEqualTo(400);
    }

    private String prune(String what, String json) throws IOException {
        return ask("POST", "/" + what + "/prune?x=1" + filters(json)).body();
    }

    @Test
    void ofWhatThereIsNoneNothingIsPruned() throws IOException {
        assertThat(prune("networks", "{}")).contains("\"NetworksDeleted\":null");
        assertThat(prune("volumes", "{}")).contains("\"VolumesDeleted\":null");
        assertThat(prune("build", "{}")).contains("\"CachesDeleted\":null");
    }

    @Test
    void namedImagesArePrunedOnlyOnDemand() throws IOException {
        assertThat(prune("images", "{}")).contains("\"ImagesDeleted\":null");
        assertThat(prune("images", "{\"dangling\":[\"false\"],\"until\":[\"2020-01-01\"]}"))
                .contains("\"ImagesDeleted\":null");
        assertThat(prune("images", "{\"dangling\":{\"false\":true}}"))
                .contains("[{\"Deleted\":\"sha256:abab");
    }

    @Test
    void diskUsageIsOfTheTypesAskedFor() throws IOException {
        create("n1", "");
        assertThat(ask("GET", "/system/df").body())
                .contains("\"LayersSize\":1234", "\"SharedSize\":7", "\"Containers\":3")
                .contains("\"SizeRw\":10,\"SizeRootFs\":1244", "\"Volumes\":[]");
        assertThat(ask("GET", "/system/df?type=image").body())
                .contains("\"SharedSize\":7", "\"Containers\":null,\"Volumes\":null");
        assertThat(ask("GET", "/system/df?type=nonsense").status()).isEqualTo(400);
    }

    @Test
    void sizesAreToldToWhoAsks() throws IOException {
        create("n1", "");
        assertThat(ask("GET", "/containers/json?all=1").body()).doesNotContain("SizeRw");
        assertThat(ask("GET", "/containers/json?all=1&size=1").body()).contains("\"SizeRw\":10");
        assertThat(ask("GET", "/containers/n1/json?size=1").body()).contains("\"SizeRootFs\":1244");
    }

    private RawClient webSocket(String id) throws IOException {
        var client = new RawClient(socket);
        client.say(
                "GET /v1.50/containers/"
                        + id
                        + "/attach/ws?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: d\r\n"
                        + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        return client;
    }

    /** Masked, as a client's must be; the mask is 1 2 3 4. */
    private static byte[] frame(int first, String text) {
        var payload = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= (byte) (i % 4 + 1);
        }
        return ByteBuffer.allocate(6 + payload.length)
                .put((byte) first)
                .put((byte) (0x80 | payload.length))
                .put(new byte[] {1, 2, 3, 4})
                .put(payload)
                .array();
    }

    @Test
    void aWebSocketCarriesTheStreamsInBinaryMessages() throws IOException {
        var id = create("n1", ",\"Cmd\":[\"cat\"],\"OpenStdin\":true,\"StdinOnce\":true");
        try (var client = webSocket(id)) {
            // the example of RFC 6455, section 1.3
            assertThat(client.head())
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
            ask("POST", "/containers/" + id + "/start");
            client.say(frame(0x82, "hello"));
            assertThat(client.exactly(7)).isEqualTo(raw(0x82, "hello"));
            client.say(frame(0x89, "hi"));
            assertThat(client.exactly(4)).isEqualTo(raw(0x8a, "hi"));
            var two = Arrays.copyOf(frame(0x01, "a "), 16);
            System.arraycopy(frame(0x80, "b"), 0, two, 8, 7);
            client.say(Arrays.copyOf(two, 15));
            assertThat(client.exactly(4)).isEqualTo(raw(0x82, "a "));
            assertThat(client.exactly(3)).isEqualTo(raw(0x82, "b"));
            client.say(frame(0x88, ""));
            assertThat(client.exactly(2)).isEqualTo(new byte[] {(byte) 0x88, 2});
        }
    }

    @Test
    void aClientThatBreaksTheWebSocketProtocolIsToldAndLeft() throws IOException {
        var id = create("n1", ",\"Cmd\":[\"cat\"],\"OpenStdin\":true,\"StdinOnce\":true");
        try (var client = webSocket(id)) {
            client.head();
            ask("POST", "/containers/" + id + "/start");
            client.say(raw(0x82, "not masked"));
            assertThat(client.toEnd()).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xea});
        }
    }

    private static byte[] raw(int first, String text) {
        return ByteBuffer.allocate(2 + text.length())
                .put((byte) first)
                .put((byte) text.length())
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    @Test
    void whatIsNoWebSocketIsToldSo() throws IOException {
        var id = create("n1", "");
        var answer = ask("GET", "/containers/" + id + "/attach/ws?stream=1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("RFC 6455");
    }
}
