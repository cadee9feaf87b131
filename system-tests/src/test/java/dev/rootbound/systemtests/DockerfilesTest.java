package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dockerfiles as people write them, on Debian's packages: built, run, and asked. */
@SystemTest
class DockerfilesTest {
    private static final Path ALL =
            Shell.CHECKOUT.resolve("system-tests/src/test/resources/dockerfiles");

    /** The longest first. */
    private static final List<String> NAMES =
            List.of(
                    "java",
                    "postgresql",
                    "node",
                    "nginx",
                    "redis",
                    "gosu",
                    "s6",
                    "capability",
                    "distroless");

    private static final int AT_A_TIME = 2;
    private static final Map<String, String> IDS = new HashMap<>();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void images(Target target) throws Exception {
        target.load(TestImage.DEBIAN);
        built(target.docker(), "base");
        try (var tasks = Executors.newFixedThreadPool(AT_A_TIME)) {
            var ids = new HashMap<String, java.util.concurrent.Future<String>>();
            for (var name : NAMES) ids.put(name, tasks.submit(() -> built(target.docker(), name)));
            for (var each : ids.entrySet()) IDS.put(each.getKey(), each.getValue().get());
        }
    }

    @AfterAll
    static void remove(Target target) {
        NAMES.forEach(name -> target.docker().run("rmi", "-f", tag(name)));
        target.docker().run("rmi", "-f", tag("base"));
        DockerBuild.clean(target.docker());
    }

    private static String tag(String name) {
        return "rbt/" + name;
    }

    /** Returns the image's id. */
    private static String built(Cli cli, String name) {
        var line = cli.line("build", "-q", "-t", tag(name), ALL.resolve(name).toString());
        var classic = Map.of("DOCKER_BUILDKIT", "0");
        return Shell.run(300, classic, new byte[0], line).ok().out();
    }

    private static String asked(int port) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + port + "/");
        var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }

    private static int port(Cli docker, String container, int inside) {
        var address = docker.run("port", container, Integer.toString(inside)).ok().out();
        return Integer.parseInt(address.lines().findFirst().orElseThrow().replaceFirst(".*:", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, 80, nginx answers",
        "java, 8080, java 17 answers",
        "node, 3000, node answers in production as 1000",
        "distroless, 8080, distroless answers",
        "gosu, 8080, gosu answers as application",
        "s6, 8080, s6 answers",
        "capability, 80, capability answers"
    })
    void aServerIsBuiltRunsAndAnswers(String name, int inside, String answer, Target target)
            throws Exception {
        var docker = target.docker();
        var container = docker.detached("-p", "127.0.0.1::" + inside, tag(name));
        int port = port(docker, container, inside);
        RestartTest.await(() -> answers(port));
        assertThat(asked(port)).isEqualTo(answer + "\n");
        docker.run("stop", "-t", "2", container).ok();
    }

    private static boolean answers(int port) {
        try {
            return !asked(port).isEmpty();
        } catch (Exception notYet) {
            return false;
        }
    }

    private static void awaitHealthy(Cli docker, String container) throws Exception {
        RestartTest.await(() ->
                docker.inspect(container).at("/State/Health/Status").asString().equals("healthy"));
    }

    /** Of the first process, by name. */
    private static String user(Cli docker, String container) {
        return docker.run("exec", container, "stat", "-c", "%U", "/proc/1").ok().out();
    }

    @Test
    void postgresqlKeepsWhatItIsTold(Target target) throws Exception {
        var docker = target.docker();
        var container =
                docker.detached(
                        "-v", "rbt-dockerfiles:/var/lib/postgresql/data", tag("postgresql"));
        awaitHealthy(docker, container);
        String[] psql = {"exec", "-u", "postgres", container, "psql", "-Atc"};
        assertThat(query(docker, psql, "create table t as select 6*7 as n; select n from t"))
                .endsWith("42");
        assertThat(user(docker, container)).isEqualTo("postgres");
        docker.run("restart", container).ok();
        awaitHealthy(docker, container);
        assertThat(query(docker, psql, "select n from t")).isEqualTo("42");
        docker.run("rm", "-f", container).ok();
        docker.run("volume", "rm", "rbt-dockerfiles").ok();
    }

    private static String query(Cli docker, String[] psql, String sql) {
        var line = java.util.Arrays.copyOf(psql, psql.length + 1);
        line[psql.length] = sql;
        return docker.run(line).ok().out();
    }

    @Test
    void redisAnswersAsItsUser(Target target) throws Exception {
        var docker = target.docker();
        var container = docker.detached(tag("redis"));
        awaitHealthy(docker, container);
        assertThat(docker.run("exec", container, "redis-cli", "set", "a", "b").ok().out())
                .isEqualTo("OK");
        assertThat(docker.run("exec", container, "redis-cli", "get", "a").ok().out())
                .isEqualTo("b");
        assertThat(user(docker, container)).isEqualTo("redis");
    }

    @Test
    void ourOwnCommandFindsEachStepThatDockersHasMade(Target target) {
        target.daemon();
        var ours = target.clients().getLast();
        for (var name : List.of("nginx", "java", "distroless"))
            assertThat(built(ours, name)).as(name).isEqualTo(IDS.get(name));
    }

    @Test
    void anImageThatDropsToTheIdsThatItIsToldRunsAsThose(Target target, @TempDir Path context) {
        var build = new DockerBuild(target.docker(), context);
        var image =
                build.image(
                        """
                        FROM rbt/base
                        COPY --chmod=755 <<"end" /entrypoint.sh
                        #!/bin/sh
                        chown "$PUID:$PGID" /srv
                        exec setpriv --reuid "$PUID" --regid "$PGID" --clear-groups "$@"
                        end
                        ENV PUID=911 PGID=911
                        ENTRYPOINT ["/entrypoint.sh"]
                        CMD ["sh", "-c", "id; stat -c %u:%g /srv; touch /srv/own"]
                        """);
        var docker = target.docker();
        assertThat(docker.run("run", "--rm", image).ok().out())
                .isEqualTo("uid=911 gid=911 groups=911\n911:911");
        assertThat(docker.run("run", "--rm", "-e", "PUID=1234", "-e", "PGID=99", image).ok().out())
                .isEqualTo("uid=1234 gid=99 groups=99\n1234:99");
    }

    @Test
    void aFileCapabilityIsWorthItsNameToAUserAlsoAfterSaveAndLoad(Target target) {
        var docker = target.docker();
        assertThat(effective(docker)).isEqualTo("0000000000000400");
        var saved = docker.run("save", tag("capability")).ok().stdout();
        docker.run("rmi", "-f", tag("capability")).ok();
        docker.input(saved, "load").ok();
        assertThat(effective(docker)).isEqualTo("0000000000000400");
    }

    /** Capabilities of the first process. */
    private static String effective(Cli docker) {
        var container = docker.detached(tag("capability"));
        var status = docker.run("exec", container, "cat", "/proc/1/status").ok().out();
        docker.run("rm", "-f", container).ok();
        assertThat(status).contains("Uid:\t1000\t1000\t1000\t1000\n");
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .findFirst()
                .orElseThrow()
                .substring(8);
    }
}
