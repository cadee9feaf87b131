package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** events, diff, export, prune and df. */
@Timeout(20)
class KeepCommandsTest extends EngineOfTest {
    private static final String EVENT =
            "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"abc\",\"Attributes\":"
                    + "{\"name\":\"n\",\"exitCode\":\"3\"}},\"time\":12,\"timeNano\":12000000345}";

    @Test
    void anEventIsOneLine() throws IOException {
        assertThat(EventsCommand.text(JsonReader.read(EVENT), ZoneOffset.UTC))
                .isEqualTo("1970-01-01T00:00:12.000000345Z container die abc (exitCode=3, name=n)");
        engine.on("GET /events", 200, EVENT + "\n");
        var run = Run.of(engine, "events", "--since", "10m", "-f", "type=x", "--format", "json");
        assertThat(run.out()).isEqualTo(EVENT + "\n");
        assertThat(engine.requests.getFirst())
                .contains("since=1799999400.000000000", "filters=%7B%22type%22");
    }

    @Test
    void differencesAreLetters() {
        engine.on(
                "GET /containers/a/changes",
                200,
                "[{\"Path\":\"/e\",\"Kind\":0},{\"Path\":\"/n\",\"Kind\":1},{\"Path\":\"/o\",\"Kind\":2}]");
        assertThat(Run.of(engine, "container", "diff", "a").out()).isEqualTo("C /e\nA /n\nD /o\n");
        engine.on("GET /containers/b/changes", 200, "null");
        assertThat(Run.of(engine, "diff", "b").out()).isEmpty();
    }

    @Test
    void anExportIsAllOfItOrNothing() throws IOException {
        engine.on("GET /containers/a/export", 200, "a tar");
        var file = directory.resolve("a.tar");
        assertThat(Run.of(engine, "export", "-o", file.toString(), "a").code()).isZero();
        assertThat(file).hasContent("a tar");
        engine.on(
                "GET /containers/b/export",
                r -> {
                    r.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na t\r\n");
                    r.out().close();
                });
        var cut = directory.resolve("b.tar");
        assertThat(Run.of(engine, "export", "-o", cut.toString(), "b").code()).isNotZero();
        assertThat(cut).doesNotExist();
        try (var left = Files.list(directory)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .noneMatch(n -> n.startsWith(".export"));
        }
    }

    @Test
    void aPruneAsksFirst() {
        engine.on(
                "POST /containers/prune",
                200,
                "{\"ContainersDeleted\":[\"a\",\"b\"],\"SpaceReclaimed\":4096}");
        var no =
                Run.withInput(engine, "n\n".getBytes(StandardCharsets.UTF_8), "container", "prune");
        assertThat(no.code()).isZero();
        assertThat(no.out())
                .startsWith("WARNING! This will remove all stopped containers.\n")
                .endsWith("\nAre you sure you want to continue? [y/N] ");
        assertThat(engine.requests).isEmpty();
        var yes =
                Run.withInput(engine, "y\n".getBytes(StandardCharsets.UTF_8), "container", "prune");
        assertThat(yes.out())
                .endsWith("Deleted Containers:\na\nb\n\nTotal reclaimed space: 4.096kB\n");
    }

    @Test
    void imagesArePrunedWithTheirNames() {
        engine.on(
                "POST /images/prune",
                200,
                "{\"ImagesDeleted\":[{\"Untagged\":\"x:1\"},{\"Deleted\":\"sha256:1\"}],"
                        + "\"SpaceReclaimed\":0}");
        assertThat(Run.of(engine, "image", "prune", "-af").out())
                .isEqualTo(
                        """
                        Deleted Images:
                        untagged: x:1
                        deleted: sha256:1

                        Total reclaimed space: 0B
                        """);
        assertThat(engine.requests.getFirst()).contains("dangling%22:%7B%22false%22:true");
    }

    @Test
    void diskUsageIsATable() {
        engine.on(
                "GET /system/df",
                200,
                """
                {"LayersSize":3000,"Images":[{"Id":"sha256:abc","RepoTags":["x:1"],"Size":2000,
                "SharedSize":500,"Containers":1},{"Id":"sha256:abd","Size":1500,"SharedSize":500,
                "Containers":0}],"Containers":[{"Id":"c1","State":"running","SizeRw":10,
                "Names":["/n"],"Image":"x:1","Status":"Up","Command":"sh"},
                {"Id":"c2","State":"exited","SizeRw":30}],"Volumes":[],"BuildCache":[]}\
                """);
        assertThat(Run.of(engine, "system", "df").out())
                .isEqualTo(
                        """
                        TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
                        Images          2         1         3kB       1.5kB (50%)
                        Containers      2         1         40B       30B (75%)
                        Local Volumes   0         0         0B        0B
                        Build Cache     0         0         0B        0B
                        """);
        assertThat(Run.of(engine, "system", "df", "--format", "json").out())
                .startsWith(
                        "{\"Active\":\"1\",\"Reclaimable\":\"1.5kB (50%)\",\"Size\":\"3kB\","
                                + "\"TotalCount\":\"2\",\"Type\":\"Images\"}\n");
        assertThat(Run.of(engine, "system", "df", "-v").out())
                .contains("x            1         abc", "1.5kB", "<none>", "Build cache usage: 0B");
    }
}
