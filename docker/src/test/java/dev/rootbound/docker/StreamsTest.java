package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamsTest extends ServedEngine {
    private static final String UPGRADE =
            " HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n";
    private static final int MANY = 10 << 20;

    private String create(String fields) throws IOException {
        var answer =
                RawClient.ask(
                        socket, "POST", "/containers/create", "{\"Image\":\"box\"," + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.body().substring(7, 71);
    }

    private void start(String id) throws IOException {
        assertThat(RawClient.ask(socket, "POST", "/containers/" + id + "/start", "").status())
                .isEqualTo(204);
    }

    private RawClient attach(String id, String early) throws IOException {
        var client = new RawClient(socket);
        client.say(
                "POST /v1.50/containers/"
                        + id
                        + "/attach?stream=1&stdin=1&stdout=1&stderr=1"
                        + UPGRADE
                        + "Content-Type: text/plain\r\n\r\n"
                        + early);
        return client;
    }

    private static final String CAT =
            "\"Cmd\":[\"cat\"],\"OpenStdin\":true,\"StdinOnce\":true,\"AttachStdin\":true";

    @Test
    void attachUpgradesAndEarlyInputBelongsToTheStream() throws IOException {
        var id = create(CAT);
        try (var client = attach(id, "early ")) {
            var head = client.head();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 UPGRADED\r\n")
                    .contains("Content-Type: application/vnd.docker.multiplexed-stream\r\n")
                    .contains("Connection: Upgrade\r\n")
                    .contains("Upgrade: tcp\r\n");
            start(id);
            client.say("bird");
            client.endOutput();
            assertThat(client.framesToEnd(1)).asString().isEqualTo("early bird");
        }
    }

    @Test
    void inputThatEndsBeforeTheStreamBeginsIsNotLost() throws IOException {
        var id = create(CAT);
        try (var client = attach(id, "all there is")) {
            client.endOutput();
            client.head();
            start(id);
            assertThat(client.framesToEnd(1)).asString().isEqualTo("all there is");
        }
    }

    @Test
    void withoutAnUpgradeTheStreamFollowsAPlainHead() throws IOException {
        var id = create(CAT);
        try (var client = new RawClient(socket)) {
            client.say(
                    "POST /containers/"
                            + id
                            + "/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\nx");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
            start(id);
            client.endOutput();
            assertThat(client.framesToEnd(1)).asString().isEqualTo("x");
        }
    }

    @Test
    void aTerminalIsNotFramed() throws IOException {
        var id = create("\"Cmd\":[\"echo\",\"hi\"],\"Tty\":true");
        try (var client = attach(id, "")) {
            assertThat(client.head()).contains("application/vnd.docker.raw-stream");
            start(id);
            assertThat(client.toEnd()).asString().isEqualTo("hi\n");
        }
    }

    @Test
    void stdoutAndStderrAreTold() throws IOException {
        var id = create("\"Cmd\":[\"both\"]");
        try (var client = attach(id, "")) {
            client.head();
            start(id);
            assertThat(client.toEnd()).asString().isEqualTo(frame(1, "out\n") + frame(2, "err\n"));
        }
    }

    private static String frame(int type, String text) {
        return (char) type + "\0\0\0\0\0\0" + (char) text.length() + text;
    }

    @Test
    void tenMegabytesGoInAndOutByteForByte() throws Exception {
        var bytes = new byte[MANY];
        new Random(1).nextBytes(bytes);
        var id = create(CAT);
        try (var client = attach(id, "")) {
            client.head();
            start(id);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    client.say(bytes);
                                    client.endOutput();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            assertThat(client.framesToEnd(1)).isEqualTo(bytes);
            writer.join();
        }
    }

    @Test
    void aClientThatDoesNotReadHoldsTheProcessBack() throws Exception {
        var id = create("\"Cmd\":[\"gush\",\"" + MANY + "\"]");
        try (var client = attach(id, "")) {
            client.head();
            start(id);
            Thread.sleep(300);
            var process = engine.box(id).process;
            assertThat(process.ended.getCount()).isEqualTo(1);
            assertThat(client.framesToEnd(1)).hasSize(MANY);
        }
    }

    @Test
    void theEndOfInputDetachesUnlessItIsTheProcesssToo() throws IOException {
        var id = create("\"Cmd\":[\"cat\"],\"OpenStdin\":true");
        start(id);
        try (var client = attach(id, "hey")) {
            client.head();
            assertThat(client.exactly(11)).asString().isEqualTo(frame(1, "hey"));
            client.endOutput();
            client.toEnd();
        }
        assertThat(engine.box(id).process.ended.getCount()).isEqualTo(1);
    }

    @Test
    void detachKeysEndTheAttachAndNotTheProcess() throws IOException {
        var id = create("\"Cmd\":[\"cat\"],\"OpenStdin\":true,\"Tty\":true");
        start(id);
        try (var client = attach(id, "a\u0010b")) {
            client.head();
            assertThat(client.exactly(3)).asString().isEqualTo("a\u0010b");
            client.say("\u0010\u0011");
            assertThat(client.toEnd()).isEmpty();
        }
        assertThat(engine.box(id).process.ended.getCount()).isEqualTo(1);
    }

    @Test
    void anAttachEndsWhenItsClientGoesAway() throws Exception {
        var id = create("\"Cmd\":[\"sleep\"],\"OpenStdin\":true,\"StdinOnce\":true");
        start(id);
        try (var client = attach(id, "")) {
            client.head();
        }
        var process = engine.box(id).process;
        RawClient.until(() -> process.attached() == 0);
    }

    @Test
    void anAttachOutlivesAHalfCloseForAsLongAsTheProcessRuns() throws Exception {
        var id = create("\"Cmd\":[\"sleep\"],\"OpenStdin\":true,\"StdinOnce\":true");
        start(id);
        try (var client = attach(id, "")) {
            client.head();
            client.endOutput();
            Thread.sleep(1200);
            engine.box(id).process.out("late");
            assertThat(client.exactly(12)).asString().isEqualTo(frame(1, "late"));
        }
    }

    @Test
    void attachingToNothingIsAnOrdinaryError() throws IOException {
        try (var client = attach("nope", "")) {
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).contains("No such container: nope");
        }
    }

    @Test
    void attachCanReplayTheLogFirst() throws Exception {
        var id = create("\"Cmd\":[\"both\"]");
        start(id);
        engine.box(id).process.ended.await();
        try (var client = new RawClient(socket)) {
            client.say("POST /containers/" + id + "/attach?logs=1&stdout=1" + UPGRADE + "\r\n");
            client.head();
            assertThat(client.toEnd()).asString().isEqualTo(frame(1, "out\n"));
        }
    }

    @Test
    void waitAnswersItsHeadBeforeTheEnd() throws IOException {
        var id = create("\"Cmd\":[\"exit\",\"42\"]");
        try (var client = new RawClient(socket)) {
            client.say("POST /containers/" + id + "/wait?condition=next-exit HTTP/1.1\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(engine.waiters).hasValue(1);
            start(id);
            assertThat(client.chunk()).isEqualTo("{\"StatusCode\":42}\n");
        }
    }

    @Test
    void aWaitEndsWhenItsClientGoesAway() throws IOException {
        var id = create("\"Cmd\":[\"sleep\"]");
        start(id);
        try (var client = new RawClient(socket)) {
            client.say("POST /containers/" + id + "/wait HTTP/1.1\r\n\r\n");
            client.head();
        }
        RawClient.until(() -> engine.waiters.get() == 0);
    }

    @Test
    void logsAreFramedAndStamped() throws Exception {
        var id = create("\"Cmd\":[\"both\"]");
        start(id);
        engine.box(id).process.ended.await();
        var path = "/containers/" + id + "/logs?stdout=1";
        assertThat(RawClient.ask(socket, "GET", path, "").body()).isEqualTo(frame(1, "out\n"));
        assertThat(RawClient.ask(socket, "GET", path + "&timestamps=1", "").body())
                .matches("(?s).{8}\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z out\n");
        assertThat(RawClient.ask(socket, "GET", "/containers/" + id + "/logs", "").status())
                .isEqualTo(400);
    }

    @Test
    void followedLogsComeAsTheyAreWrittenAndEndWithTheClient() throws IOException {
        var id = create("\"Cmd\":[\"cat\"],\"Tty\":true");
        start(id);
        try (var client = new RawClient(socket)) {
            client.say(
                    "GET /containers/"
                            + id
                            + "/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n");
            client.head();
            engine.box(id).process.out("one\n");
            assertThat(client.chunk()).isEqualTo("one\n");
            engine.box(id).process.out("two\n");
            assertThat(client.chunk()).isEqualTo("two\n");
        }
        RawClient.until(() -> engine.openLogs.get() == 0);
    }

    private String exec(String id, String fields) throws IOException {
        var answer =
                RawClient.ask(socket, "POST", "/containers/" + id + "/exec", "{" + fields + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.body().substring(7, 71);
    }

    private RawClient startExec(String exec, String early) throws IOException {
        var body = "{\"Detach\":false,\"Tty\":false,\"ConsoleSize\":[24,80]}";
        var client = new RawClient(socket);
        client.say(
                "POST /exec/"
                        + exec
                        + "/start"
                        + UPGRADE
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body
                        + early);
        return client;
    }

    @Test
    void anExecReadsItsBodyAndThenTheStream() throws IOException {
        var id = create("\"Cmd\":[\"sleep\"]");
        start(id);
        var exec = exec(id, "\"Cmd\":[\"cat\"],\"AttachStdin\":true,\"AttachStdout\":true");
        try (var client = startExec(exec, "in the same packet")) {
            assertThat(client.head()).startsWith("HTTP/1.1 101 UPGRADED");
            client.endOutput();
            assertThat(client.framesToEnd(1)).asString().isEqualTo("in the same packet");
        }
        assertThat(engine.execSizes(exec)).containsExactly("24x80");
        assertThat(RawClient.ask(socket, "GET", "/exec/" + exec + "/json", "").body())
                .contains("\"ExitCode\":0")
                .contains("\"Running\":false");
    }

    @Test
    void whyAnExecFailedGoesDownTheStream() throws IOException {
        var id = create("\"Cmd\":[\"sleep\"]");
        start(id);
        var exec = exec(id, "\"Cmd\":[\"nosuch\"],\"AttachStdout\":true");
        try (var client = startExec(exec, "")) {
            client.head();
            assertThat(client.framesToEnd(1)).asString().contains("executable file not found");
        }
        assertThat(RawClient.ask(socket, "GET", "/exec/" + exec + "/json", "").body())
                .contains("\"ExitCode\":127");
        assertThat(RawClient.ask(socket, "POST", "/exec/" + exec + "/start", "{}").status())
                .isEqualTo(409);
    }

    @Test
    void aHalfCloseAtAnyMomentLosesNothing() throws IOException {
        var id = create("\"Cmd\":[\"sleep\"]");
        start(id);
        for (int i = 0; i < 100; i++) {
            var exec = exec(id, "\"Cmd\":[\"cat\"],\"AttachStdin\":true");
            try (var client = startExec(exec, "early")) {
                client.head();
                client.endOutput();
                assertThat(client.framesToEnd(1)).as("round " + i).asString().isEqualTo("early");
            }
        }
    }

    @Test
    void aDetachedExecIsAnsweredAtOnce() throws IOException {
        var id = create("\"Cmd\":[\"sleep\"]");
        start(id);
        var exec = exec(id, "\"Cmd\":[\"sleep\"]");
        var answer = RawClient.ask(socket, "POST", "/exec/" + exec + "/start", "{\"Detach\":true}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().getBytes(StandardCharsets.UTF_8)).isEmpty();
    }
}
