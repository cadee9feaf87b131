package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class RunCommandTest {
    private static final String ID = "c".repeat(64);

    private @TempDir Path directory;
    private FakeEngine engine;
    private final CountDownLatch started = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        engine =
                new FakeEngine(directory)
                        .on(
                                "POST /containers/create",
                                201,
                                "{\"Id\":\"" + ID + "\",\"Warnings\":[\"beware\"]}")
                        .on("POST /containers/" + ID + "/attach", this::attach)
                        .on("POST /containers/" + ID + "/wait", r -> end(r, 3))
                        .on(
                                "POST /containers/" + ID + "/start",
                                r -> {
                                    r.send("HTTP/1.1 204 No Content\r\n\r\n");
                                    started.countDown();
                                });
    }

    @AfterEach
    void stop() throws IOException {
        engine.close();
    }

    /** Gives back what it gets, when started, and then says something on the other stream. */
    private void attach(FakeEngine.Request request) throws Exception {
        request.upgrade();
        started.await();
        byte[] input = request.in().readAllBytes();
        request.out().write(FakeEngine.frame(1, new String(input, StandardCharsets.UTF_8)));
        request.out().write(FakeEngine.frame(2, "oops"));
    }

    private void end(FakeEngine.Request request, int code) throws Exception {
        request.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        started.await();
        String json = "{\"StatusCode\":" + code + "}";
        request.send(Integer.toHexString(json.length()) + "\r\n" + json + "\r\n0\r\n\r\n");
    }

    private static void closed(FakeEngine.Request request) throws IOException {
        request.upgrade();
    }

    @Test
    void inputGoesInOutputComesOutAndTheCodeIsTheContainers() {
        var run =
                Run.withInput(
                        engine, "hello é".getBytes(StandardCharsets.UTF_8), "run", "-i", "img");

        assertThat(run).isEqualTo(new Run(3, "hello é", "WARNING: beware\noops"));
        assertThat(engine.failures).isEmpty();
    }

    @Test
    void attachedAndWaitedForBeforeTheStart() {
        engine.on("POST /containers/" + ID + "/attach", RunCommandTest::closed);

        Run.of(engine, "run", "--rm", "img");

        assertThat(engine.requests)
                .containsExactly(
                        "POST /containers/create",
                        "POST /containers/" + ID + "/attach?stream=1&stdout=1&stderr=1",
                        "POST /containers/" + ID + "/wait?condition=removed",
                        "POST /containers/" + ID + "/start");
    }

    @Test
    void detachedPrintsTheId() {
        assertThat(Run.of(engine, "run", "-d", "--name", "n", "img"))
                .isEqualTo(new Run(0, ID + "\n", "WARNING: beware\n"));
        assertThat(engine.requests.getFirst()).isEqualTo("POST /containers/create?name=n");
    }

    @Test
    void anUnknownImageIsPulledAndARegistrysRefusalEndsWith125() {
        engine.on("POST /containers/create", 404, "{\"message\":\"No such image: img:latest\"}");
        engine.on("POST /images/create", 404, "{\"message\":\"manifest unknown\"}");

        var run = Run.of(engine, "run", "img");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err())
                .isEqualTo(
                        """
                        Unable to find image 'img:latest' locally
                        rootbound: Error response from daemon: manifest unknown
                        """);
        assertThat(engine.requests)
                .contains("POST /images/create?fromImage=docker.io/library/img&tag=latest");

        engine.requests.clear();
        assertThat(Run.of(engine, "run", "--pull", "never", "img").err())
                .isEqualTo("rootbound: Error response from daemon: No such image: img:latest\n");
        assertThat(engine.requests).noneMatch(request -> request.contains("/images/"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec: \"x\": executable file not found in $PATH|127",
                "exec /x: no such file or directory|127",
                "exec: \"/etc\": permission denied|126",
                "exec: \"/etc\": is a directory|126",
                "no host ids are left|125",
            })
    void theCodeOfAFailedStartComesFromItsSentence(String sentence, int code) {
        var json = JsonWriter.write(new Json.Members().with("message", sentence));
        engine.on("POST /containers/" + ID + "/start", 400, json);

        var run = Run.of(engine, "run", "img");

        assertThat(run.code()).isEqualTo(code);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void anErrorOfTheWaitIsTheEngines() {
        engine.on("POST /containers/" + ID + "/attach", RunCommandTest::closed)
                .on(
                        "POST /containers/" + ID + "/wait",
                        200,
                        "{\"StatusCode\":0,\"Error\":{\"Message\":\"monitor is gone\"}}");

        assertThat(Run.of(engine, "run", "img").code()).isEqualTo(125);
    }

    @Test
    void anEngineThatDiesWhileWeWaitIs125() {
        engine.on("POST /containers/" + ID + "/attach", RunCommandTest::closed)
                .on(
                        "POST /containers/" + ID + "/wait",
                        r -> r.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));

        assertThat(Run.of(engine, "run", "img").code()).isEqualTo(125);
    }

    @Test
    void anIdFileIsWrittenOnceAndNotLeftByAFailure() throws Exception {
        var file = directory.resolve("id");
        Run.of(engine, "create", "--cidfile", file.toString(), "img");
        assertThat(file).hasContent(ID);
        assertThat(Run.of(engine, "create", "--cidfile", file.toString(), "img").code())
                .isEqualTo(125);
        assertThat(file).hasContent(ID);

        Files.delete(file);
        engine.on("POST /containers/create", 409, "{\"message\":\"taken\"}");
        Run.of(engine, "create", "--cidfile", file.toString(), "img");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--pull sometimes,'missing, never or always'",
        "--platform linux/nope,this host runs",
        "-d -a stdout,both --attach and --detach",
        "--host unix:,unknown flag: --host",
    })
    void whatCannotBeDoneIsRefusedWith125(String options, String message) {
        var run = Run.of(engine, ("run " + options + " img").split(" ", -1));

        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains(message);
        assertThat(engine.requests).isEmpty();
    }
}
