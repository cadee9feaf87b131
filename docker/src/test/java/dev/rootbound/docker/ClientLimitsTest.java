package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ClientLimitsTest {
    private static final int MOST = 3;
    private static final Duration HEAD = Duration.ofMillis(300);
    private static final Duration IDLE = Duration.ofMillis(900);

    private final FakeEngine engine = new FakeEngine();
    private @TempDir Path directory;
    private Path socket;
    private DockerApi api;

    @BeforeEach
    void serve() throws IOException {
        socket = directory.resolve("d.sock");
        api =
                DockerApi.serve(
                        socket,
                        Access.EVERYBODY,
                        new ClientLimits(MOST, HEAD, IDLE, 8, HEAD),
                        engine);
    }

    @AfterEach
    void close() throws IOException {
        api.close();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void aClientThatSaysNothingIsSeenOff() throws IOException {
        try (var client = new RawClient(socket)) {
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void halfAHeadIsAnsweredAndSeenOffHoweverItDrips() throws Exception {
        try (var client = new RawClient(socket)) {
            client.say("GET /_ping HTTP/1.1\r\nHost: ");
            var dripping =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) {
                                        Thread.sleep(50);
                                        client.say("d");
                                    }
                                } catch (IOException | InterruptedException e) {
                                    // seen off
                                }
                            });
            assertThat(text(client.toEnd())).startsWith("HTTP/1.1 408 Request Timeout\r\n");
            dripping.interrupt();
            dripping.join();
        }
    }

    @Test
    void betweenTwoRequestsAClientMayTakeLongerButNotForEver() throws Exception {
        try (var client = new RawClient(socket)) {
            var ping = RawClient.request("GET", "/_ping", "");
            client.say(ping);
            assertThat(client.answer().body()).isEqualTo("OK");
            Thread.sleep(HEAD.multipliedBy(2));
            client.say(ping);
            assertThat(client.answer().body()).isEqualTo("OK");
            assertThat(client.toEnd()).isEmpty();
        }
    }

    @Test
    void aBodyMayComeSlowly() throws Exception {
        try (var client = new RawClient(socket)) {
            client.say("POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\n\r\na");
            Thread.sleep(HEAD.plus(IDLE));
            client.say("b");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    private String create(String fields) throws IOException {
        var answer =
                RawClient.ask(
                        socket, "POST", "/containers/create", "{\"Image\":\"box\"," + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.body().substring(7, 71);
    }

    @Test
    void whoIsWaitingIsNotIdle() throws Exception {
        var id = create("\"Cmd\":[\"exit\",\"42\"]");
        try (var client = new RawClient(socket)) {
            client.say("POST /containers/" + id + "/wait?condition=next-exit HTTP/1.1\r\n\r\n");
            client.head();
            Thread.sleep(HEAD.plus(IDLE));
            RawClient.ask(socket, "POST", "/containers/" + id + "/start", "");
            assertThat(client.chunk()).isEqualTo("{\"StatusCode\":42}\n");
        }
    }

    @Test
    void followedLogsAndAnAttachedStreamAreNotIdle() throws Exception {
        var id = create("\"Cmd\":[\"cat\"],\"Tty\":true,\"OpenStdin\":true");
        RawClient.ask(socket, "POST", "/containers/" + id + "/start", "");
        try (var logs = new RawClient(socket);
                var attached = new RawClient(socket)) {
            logs.say("GET /containers/" + id + "/logs?follow=1&stdout=1 HTTP/1.1\r\n\r\n");
            logs.head();
            attached.say(
                    "POST /containers/"
                            + id
                            + "/attach?stream=1&stdout=1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade:"
                            + " tcp\r\n\r\n");
            attached.head();
            Thread.sleep(HEAD.plus(IDLE));
            engine.box(id).process.out("one\n");
            assertThat(logs.chunk()).isEqualTo("one\n");
            assertThat(text(attached.exactly(4))).isEqualTo("one\n");
        }
    }

    @Test
    void oneUserHasOnlySoManyConnections() throws Exception {
        var clients = new RawClient[MOST];
        for (int i = 0; i < MOST; i++) {
            clients[i] = new RawClient(socket);
            clients[i].say(RawClient.request("GET", "/_ping", ""));
            clients[i].answer();
        }

        var refused = RawClient.ask(socket, "GET", "/_ping", "");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("has 3 connections to the engine open");

        clients[0].close();
        Thread.sleep(100);
        assertThat(RawClient.ask(socket, "GET", "/_ping", "").status()).isEqualTo(200);
        for (var client : clients) {
            client.close();
        }
    }

    /** What a user of this uid gets. */
    private String pingAs(long uid) throws Exception {
        var curl =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=" + uid,
                                "--clear-groups",
                                "sh", // with its own: setpriv looks for it with root's rights
                                "-c",
                                "exec curl -s --unix-socket \"$0\" http://d/_ping",
                                socket.toString())
                        .redirectErrorStream(true)
                        .start();
        try (var out = curl.getInputStream()) {
            return text(out.readAllBytes());
        }
    }

    @Tag("kernel")
    @Test
    void aTenantHasOnlySoManyWhicheverOfItsIdsTheyComeFrom() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        engine.owner = uid -> uid < 200_000 ? 7 : uid;
        var clients = new RawClient[MOST];
        for (int i = 0; i < MOST; i++) {
            clients[i] = new RawClient(socket);
            clients[i].say(RawClient.request("GET", "/_ping", ""));
            clients[i].answer();
        }
        assertThat(pingAs(165_000)).contains("user 7 has 3 connections");
        assertThat(pingAs(300_000)).isEqualTo("OK");
        for (var client : clients) {
            client.close();
        }
    }
}
