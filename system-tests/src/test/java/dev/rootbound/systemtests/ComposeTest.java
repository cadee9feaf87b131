package dev.rootbound.systemtests;

import static dev.rootbound.systemtests.RestartTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A proxy, an application and its database, brought up by Compose as its users do. */
@SystemTest
class ComposeTest {
    /** All three programs; compose.yaml names it. */
    private static final String IMAGE = "rbt/compose:latest";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void image(Target target) {
        target.load(TestImage.DEBIAN);
        var script =
                "apt-get -qq update; apt-get -qq -y --no-install-recommends install nginx-light"
                        + " postgresql python3-psycopg2 >/dev/null; apt-get clean;"
                        + " install -d -o postgres -m 700 /var/lib/postgresql/data";
        var name = Cli.fresh();
        var line =
                target.docker()
                        .line(
                                "run",
                                "--name",
                                name,
                                "-e",
                                "DEBIAN_FRONTEND=noninteractive",
                                TestImage.DEBIAN.tag(),
                                "sh",
                                "-ec",
                                script);
        Shell.run(300, Map.of(), new byte[0], line).ok();
        target.docker().run("commit", name, IMAGE).ok();
        target.docker().run("rm", name).ok();
    }

    @AfterAll
    static void removeImage(Target target) {
        target.docker().run("rmi", "-f", IMAGE).ok();
    }

    static List<Compose> composes() {
        return Compose.all();
    }

    private static String ask(int port, HttpRequest.Builder request) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + port + "/");
        var made = request.uri(uri).timeout(Duration.ofSeconds(10)).build();
        String last = "";
        for (int tries = 0; tries < 100; tries++) {
            try {
                var answer = CLIENT.send(made, BodyHandlers.ofString());
                if (answer.statusCode() == 200) return answer.body();
                last = answer.toString();
            } catch (IOException notYet) {
                last = notYet.toString();
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no answer through the proxy: " + last);
    }

    /** What the database has. */
    private static String notes(int port) throws Exception {
        return ask(port, HttpRequest.newBuilder().GET());
    }

    /** Returns the hostname of the application that wrote it. */
    private static String write(int port, String note) throws Exception {
        var body = HttpRequest.BodyPublishers.ofString(note);
        return ask(port, HttpRequest.newBuilder().POST(body));
    }

    /** Containers, networks and volumes of a project. */
    private static String left(Target target, Compose.Project project) {
        var docker = target.docker();
        var name = "name=" + project.name() + "[-_]";
        return docker.run("ps", "-aq", "--filter", name).ok().out()
                + docker.run("network", "ls", "-q", "--filter", name).ok().out()
                + docker.run("volume", "ls", "-q", "--filter", name).ok().out();
    }

    private static boolean isHealthy(Cli docker, String container) {
        return docker.inspect(container).at("/State/Health/Status").asString("").equals("healthy");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("composes")
    void anApplicationComesUpIsScaledRecreatedAndGoesWithoutATrace(
            Compose compose, Target target, @TempDir Path directory) throws Exception {
        try (var project = compose.project(target, directory)) {
            project.run("up", "-d").ok();
            int port = project.port();
            write(port, "first");
            assertThat(notes(port)).isEqualTo("first\n");
            assertThat(project.run("ps").ok().out())
                    .contains("proxy", "application", "database", "healthy", port + "->80/tcp");
            assertThat(project.run("logs", "proxy").ok().out()).contains("POST / HTTP/1.1\" 200");
            var asked = project.run("exec", "-T", "database", "pg_isready", "-h", "sql").ok();
            assertThat(asked.out()).isEqualTo("sql:5432 - accepting connections");

            project.run("up", "-d", "--scale", "application=2").ok();
            Set<String> writers = new HashSet<>();
            for (int tries = 0; tries < 100 && writers.size() < 2; tries++)
                writers.add(write(port, "more"));
            assertThat(writers).hasSize(2);

            project.run("up", "-d", "--force-recreate", "--no-deps", "application").ok();
            assertThat(writers).doesNotContain(write(port, "again"));
            assertThat(notes(port)).startsWith("first\nmore\n").endsWith("again\n");

            var database = project.run("ps", "-q", "database").ok().out();
            project.run("exec", "-T", "database", "sh", "-c", "kill -INT 1");
            var docker = target.docker();
            await(() -> docker.inspect(database).get("RestartCount").asInt() == 1);
            await(() -> isHealthy(docker, database));
            assertThat(notes(port)).startsWith("first\n").endsWith("again\n");

            project.run("down", "-v", "-t", "5").ok();
            assertThat(left(target, project)).isEmpty();
        }
    }

    @Test
    void projectsWithTheSameServicesAreApart(Target target, @TempDir Path directory)
            throws Exception {
        var composes = composes();
        try (var one = composes.getFirst().project(target, directory);
                var other = composes.getLast().project(target, directory)) {
            one.run("up", "-d").ok();
            other.run("up", "-d").ok();
            write(one.port(), "of one");
            write(other.port(), "of the other");
            assertThat(notes(one.port())).isEqualTo("of one\n");
            assertThat(notes(other.port())).isEqualTo("of the other\n");
            one.run("down", "-v", "-t", "5").ok();
            assertThat(left(target, one)).isEmpty();
            assertThat(notes(other.port())).isEqualTo("of the other\n");
        }
        assertThat(left(target, composes.getLast().project(target, directory))).isEmpty();
    }
}
