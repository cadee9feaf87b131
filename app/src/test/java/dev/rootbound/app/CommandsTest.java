package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CommandsTest extends EngineOfTest {
    @Test
    void everyListedCommandIsFoundAndHasHelp() {
        for (String name : Commands.names()) {
            var run = Run.of(engine, name, "--help");

            assertThat(run.code()).isZero();
            assertThat(run.out()).startsWith("Usage:  rootbound " + name);
            assertThat(Commands.help()).contains("\n  " + name + " ");
        }
    }

    @Test
    void anUnknownCommandIsNamed() {
        var run = Run.of(engine, "foo");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        """
                        rootbound: 'foo' is not a rootbound command.
                        See 'rootbound --help'
                        """);
    }

    @Test
    void theVersionIsThePoms() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<version>" + Version.TEXT + "</version>");
        assertThat(Run.of(engine, "--version").out())
                .isEqualTo("Rootbound version " + Version.TEXT + "\n");
    }

    @Test
    void psPrintsDockersColumns() {
        engine.on(
                "GET /containers/json",
                200,
                """
                [{"Id":"0123456789abcdef","Names":["/quiet_oak"],"Image":"busybox",
                "Command":"sh -c 'echo \\"a\\"; sleep 9999'","Created":1799999700,
                "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],
                "Status":"Up 5 minutes"}]\
                """);

        assertThat(Run.of(engine, "ps", "-a", "-f", "status=running").out())
                .isEqualTo(
                        """
                        CONTAINER ID   IMAGE     COMMAND                    CREATED         STATUS         PORTS                  NAMES
                        0123456789ab   busybox   "sh -c 'echo \\"a\\"; sl…"   5 minutes ago   Up 5 minutes   0.0.0.0:8080->80/tcp   quiet_oak
                        """);
        assertThat(engine.requests)
                .containsExactly(
                        "GET /containers/json?all=1&filters=%7B%22status%22:%7B%22running%22:true%7D%7D");
        assertThat(Run.of(engine, "ps", "-q").out()).isEqualTo("0123456789ab\n");
    }

    @Test
    void imagesAreListedOncePerName() {
        engine.on(
                "GET /images/json",
                200,
                """
                [{"Id":"sha256:0123456789abcdef","RepoTags":["a:1","b/c:latest"],"Created":1799990000,
                "Size":4260000},{"Id":"sha256:fedcba9876543210","RepoTags":null,"Created":1,"Size":0}]\
                """);

        assertThat(Run.of(engine, "images").out())
                .isEqualTo(
                        """
                        REPOSITORY   TAG       IMAGE ID       CREATED        SIZE
                        a            1         0123456789ab   3 hours ago    4.26MB
                        b/c          latest    0123456789ab   3 hours ago    4.26MB
                        <none>       <none>    fedcba987654   57 years ago   0B
                        """);
    }

    @Test
    void jsonRowsHaveTheKeysOfDockersOwnCli() {
        engine.on(
                        "GET /containers/json",
                        200,
                        """
                        [{"Id":"0123456789abcdef","Names":["/oak"],"Image":"box","Command":"sh",
                        "Created":1799999700,"Ports":[],"State":"running","Status":"Up","Labels":{"a":"b"},
                        "NetworkSettings":{"Networks":{"none":{}}}}]\
                        """)
                .on(
                        "GET /images/json",
                        200,
                        """
                        [{"Id":"sha256:0123456789abcdef","RepoTags":["a:1","b:2"],"Created":1799990000,
                        "Size":4264000}]\
                        """);

        // as docker 28.2 prints them
        assertThat(Run.of(engine, "ps", "--format", "json").out())
                .matches(
                        "\\{\"Command\":\"\\\\\"sh\\\\\"\",\"CreatedAt\":\"2027-01-15 \\d\\d:\\d\\d:\\d\\d"
                                + " [+-]\\d{4} \\S+\",\"ID\":\"0123456789ab\",\"Image\":\"box\",\"Labels\":\"a=b\","
                                + "\"LocalVolumes\":\"0\",\"Mounts\":\"\",\"Names\":\"oak\",\"Networks\":\"none\","
                                + "\"Platform\":null,\"Ports\":\"\",\"RunningFor\":\"5 minutes ago\",\"Size\":\"0B\","
                                + "\"State\":\"running\",\"Status\":\"Up\"}\n");
        assertThat(Run.of(engine, "images", "--format", "json").out().lines())
                .hasSize(2)
                .allMatch(line ->
                        line.startsWith("{\"Containers\":\"N/A\",\"CreatedAt\":\"2027-01-15")
                                && line.contains(
                                        "\"CreatedSince\":\"3 hours ago\",\"Digest\":\"<none>\","
                                                + "\"ID\":\"0123456789ab\",\"Repository\":")
                                && line.endsWith(
                                        "\"UniqueSize\":\"N/A\",\"VirtualSize\":\"4.264MB\"}"));
    }

    @Test
    void dockersOtherCommandsSayThatTheyAreNotBuilt() {
        for (String words :
                new String[] {"swarm init", "compose up", "buildx bake", "container checkpoint"}) {
            var run = Run.of(engine, words.split(" ", -1));

            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("is not built yet");
        }
        assertThat(Run.of(engine, "image", "foo").err())
                .contains("'image foo' is not a rootbound command");
    }

    @Test
    void inspectShowsWhatIsThereAndNamesWhatIsNot() {
        engine.on(
                "GET /containers/a/json",
                200,
                "{\"Id\":\"x\",\"L\":[],\"M\":{ },\"s\":\"{,\\\"\"}\n");

        assertThat(Run.of(engine, "inspect", "a", "nope"))
                .isEqualTo(
                        new Run(
                                1,
                                """
                                [
                                    {
                                        "Id": "x",
                                        "L": [],
                                        "M": {},
                                        "s": "{,\\""
                                    }
                                ]
                                """,
                                "Error: No such object: nope\n"));
        assertThat(Run.of(engine, "inspect", "nope").out()).isEqualTo("[]\n");
        assertThat(Run.of(engine, "inspect", "-f", "{{.Id}}", "a").err()).contains("templates");
    }

    @Test
    void removingByForceForgivesWhatIsNotThere() {
        engine.on("DELETE /containers/a", r -> r.send("HTTP/1.1 204 No Content\r\n\r\n"));

        assertThat(Run.of(engine, "rm", "-f", "a", "nope"))
                .isEqualTo(
                        new Run(
                                0,
                                "a\n",
                                "Error response from daemon: No such thing: DELETE"
                                        + " /containers/nope\n"));
        assertThat(Run.of(engine, "rm", "a", "nope").code()).isEqualTo(1);
    }

    @Test
    void stoppingWhatHasStoppedIsNoError() {
        engine.on("POST /containers/a/stop", r -> r.send("HTTP/1.1 304 Not Modified\r\n\r\n"));

        assertThat(Run.of(engine, "stop", "-t", "0", "a")).isEqualTo(new Run(0, "a\n", ""));
        assertThat(engine.requests).containsExactly("POST /containers/a/stop?t=0");
    }

    @Test
    void restartAndRenameAskTheEngine() {
        engine.on("POST /containers/a/restart", r -> r.send("HTTP/1.1 204 No Content\r\n\r\n"))
                .on("POST /containers/a/rename", r -> r.send("HTTP/1.1 204 No Content\r\n\r\n"));

        assertThat(Run.of(engine, "restart", "-s", "INT", "-t", "3", "a"))
                .isEqualTo(new Run(0, "a\n", ""));
        assertThat(Run.of(engine, "container", "rename", "a", "b")).isEqualTo(new Run(0, "", ""));
        assertThat(engine.requests)
                .containsExactly(
                        "POST /containers/a/restart?signal=INT&t=3",
                        "POST /containers/a/rename?name=b");
    }

    @Test
    void anArchiveIsUploadedAndTheEnginesLinesPrinted() {
        engine.on(
                "POST /images/load",
                200,
                "{\"status\":\"unpacking\"}\r\n{\"stream\":\"Loaded image: a:1\\n\"}\r\n");

        var run =
                Run.withInput(
                        engine, "tar".repeat(99_999).getBytes(StandardCharsets.UTF_8), "load");

        assertThat(run).isEqualTo(new Run(0, "unpacking\nLoaded image: a:1\n", ""));
        assertThat(engine.bodies).containsExactly("tar".repeat(99_999));
    }

    @Test
    void anErrorInTheStreamOfALoadIsAnError() {
        engine.on(
                "POST /images/load",
                200,
                "{\"errorDetail\":{\"message\":\"it is cut off\"},\"error\":\"it is cut off\"}");

        assertThat(Run.of(engine, "load")).isEqualTo(new Run(1, "", "rootbound: it is cut off\n"));
    }

    @Test
    void importSendsTheChanges() throws IOException {
        engine.on("POST /images/create", 200, "{\"status\":\"sha256:1\"}\n");
        var tar = Files.writeString(directory.resolve("t.tar"), "tar");

        assertThat(Run.of(engine, "import", "-c", "CMD [\"sh\"]", tar.toString(), "a:1").out())
                .isEqualTo("sha256:1\n");
        assertThat(engine.requests)
                .containsExactly(
                        "POST /images/create?fromSrc=-&repo=a:1&changes=CMD%20%5B%22sh%22%5D");
    }

    @Test
    void anUntaggedNameMeansLatest() {
        engine.on("POST /images/a/b:1/tag", 201, "");

        assertThat(Run.of(engine, "tag", "a/b:1", "host:5000/c").code()).isZero();
        assertThat(engine.requests)
                .containsExactly("POST /images/a/b:1/tag?repo=host:5000/c&tag=latest");
    }

    @Test
    void rmiPrintsWhatWasDone() {
        engine.on(
                "DELETE /images/a",
                200,
                "[{\"Untagged\":\"a:latest\"},{\"Deleted\":\"sha256:1\"}]");

        assertThat(Run.of(engine, "image", "rm", "a").out())
                .isEqualTo("Untagged: a:latest\nDeleted: sha256:1\n");
    }

    @Test
    void execReturnsTheProcesssCode() {
        engine.on("POST /containers/a/exec", 201, "{\"Id\":\"e\"}")
                .on(
                        "POST /exec/e/start",
                        r -> {
                            r.upgrade();
                            r.out().write(FakeEngine.frame(1, "hi"));
                        })
                .on("GET /exec/e/json", 200, "{\"ExitCode\":7}");

        assertThat(Run.of(engine, "exec", "-e", "OWN", "a", "id", "-u"))
                .isEqualTo(new Run(7, "hi", ""));
        assertThat(engine.bodies.getFirst())
                .isEqualTo(
                        "{\"AttachStdout\":true,\"AttachStderr\":true,\"Env\":[\"OWN=mine\"],"
                                + "\"Cmd\":[\"id\",\"-u\"]}");
    }

    @Test
    void logsOfATerminalAreNotFramed() {
        engine.on("GET /containers/a/json", 200, "{\"Id\":\"a\",\"Config\":{\"Tty\":true}}")
                .on("GET /containers/a/logs", 200, "plain");

        assertThat(Run.of(engine, "logs", "-n", "5", "--since", "10s", "a").out())
                .isEqualTo("plain");
        assertThat(engine.requests.getLast())
                .isEqualTo(
                        "GET /containers/a/logs?stdout=1&stderr=1&since=1799999990.000000000&tail=5");
    }

    @Test
    void attachingToAStoppedContainerIsRefused() {
        engine.on("GET /containers/a/json", 200, "{\"State\":{\"Running\":false}}");

        assertThat(Run.of(engine, "attach", "a").err())
                .contains("cannot attach to a stopped container");
    }

    @Test
    void waitPrintsTheCodes() {
        engine.on("POST /containers/a/wait", 200, "{\"StatusCode\":137}");

        assertThat(Run.of(engine, "wait", "a", "b").out()).isEqualTo("137\n");
        assertThat(Run.of(engine, "wait", "a", "b").code()).isEqualTo(1);
    }

    @Test
    void anEngineThatEndsMeanwhileIsSaidWith125() {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        engine.on("POST /containers/a/wait", request -> request.send(head))
                .on("GET /containers/a/json", 200, "{\"Id\":\"a\",\"State\":{\"Running\":true}}")
                .on("GET /containers/a/logs", request -> request.send(head))
                .on("POST /containers/a/attach", FakeEngine.Request::upgrade)
                .on("POST /containers/a/exec", 201, "{\"Id\":\"e\"}")
                .on(
                        "POST /exec/e/start",
                        request -> {
                            request.upgrade();
                            engine.close();
                            Files.delete(engine.address().path());
                        });

        for (String words : new String[] {"wait a", "logs -f a", "attach a", "exec a true"}) {
            var run = Run.of(engine, words.split(" ", -1));

            assertThat(run.code()).as(words).isEqualTo(125);
            assertThat(run.err()).as(words).startsWith("rootbound: the engine ended before");
        }
    }

    @Test
    void noEngineAtANamedAddressIsNotStarted() throws IOException {
        engine.close();
        Files.delete(engine.address().path());

        assertThat(Run.of(engine, "ps").err()).contains("cannot connect to the engine");
    }

    @Test
    void onlyTheNamedCommandIsMade() {
        assertThat(Commands.find(List.of("container", "ls"))).isNotNull();
        assertThat(Commands.find(List.of("image", "ps"))).isNull();
        assertThat(Commands.find(List.of("container"))).isNull();
    }
}
