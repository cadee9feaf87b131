package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** commit, save, history, images and image verify. */
@Timeout(20)
class ImageCommandsTest extends EngineOfTest {
    private static final String ID = "sha256:" + "ab".repeat(32);

    @Test
    void aCommitPrintsTheNewId() {
        engine.on("POST /commit", 201, "{\"Id\":\"" + ID + "\"}");
        var run =
                Run.of(
                        engine,
                        "commit",
                        "-a",
                        "me",
                        "-m",
                        "why",
                        "-c",
                        "USER x",
                        "-c",
                        "CMD y",
                        "--pause=false",
                        "c",
                        "r:t");
        assertThat(run.out()).isEqualTo(ID + "\n");
        assertThat(engine.requests.getFirst())
                .contains("container=c", "repo=r:t", "author=me", "comment=why", "pause=0")
                .contains("changes=USER%20x&changes=CMD%20y");
        Run.of(engine, "container", "commit", "c");
        assertThat(engine.requests.getLast()).doesNotContain("pause", "repo");
    }

    @Test
    void aSaveIsAllOfItOrNothing() throws IOException {
        engine.on("GET /images/get", 200, "a tar");
        var file = directory.resolve("a.tar");
        assertThat(Run.of(engine, "save", "-o", file.toString(), "a", "b:1").code()).isZero();
        assertThat(file).hasContent("a tar");
        assertThat(engine.requests.getFirst()).contains("names=a&names=b:1");
        assertThat(Run.of(engine, "image", "save", "a").out()).isEqualTo("a tar");
        engine.on("GET /images/get", 404, "{\"message\":\"No such image: a\"}");
        var none = directory.resolve("none.tar");
        assertThat(Run.of(engine, "save", "-o", none.toString(), "a").err())
                .contains("No such image: a");
        assertThat(none).doesNotExist();
        try (var left = Files.list(directory)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .noneMatch(n -> n.startsWith(".save"));
        }
    }

    @Test
    void aHistoryIsATable() {
        engine.on(
                "GET /images/a/history",
                200,
                "[{\"Id\":\"%s\",\"Created\":1799996400,\"CreatedBy\":\"%s\\ty\",\"Size\":2000,"
                                .formatted(ID, "x".repeat(60))
                        + "\"Comment\":\"note\"},{\"Id\":\"<missing>\",\"Created\":1799996400,"
                        + "\"CreatedBy\":\"base\",\"Size\":0,\"Comment\":\"\"}]");
        assertThat(Run.of(engine, "history", "a").out())
                .isEqualTo(
                        """
                        IMAGE          CREATED             CREATED BY                                      SIZE      COMMENT
                        abababababab   About an hour ago   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…   2kB       note
                        <missing>      About an hour ago   base                                            0B        \n\
                        """
                                .replace("\\n", "\n"));
        assertThat(Run.of(engine, "history", "-q", "--no-trunc", "a").out())
                .isEqualTo(ID + "\n<missing>\n");
        assertThat(Run.of(engine, "history", "--human=false", "--no-trunc", "a").out())
                .contains("2027-01-15T07:00:00Z", "x".repeat(60) + " y", "2000 ");
        assertThat(Run.of(engine, "history", "--format", "json", "a").out())
                .startsWith("{\"Comment\":\"note\",\"CreatedAt\":\"2027-01-15T07:00:00Z\"");
    }

    @Test
    void imagesAreALineATagAndDigest() {
        engine.on(
                "GET /images/json",
                200,
                "[{\"Id\":\"%s\",\"Created\":1799996400,\"Size\":5,".formatted(ID)
                        + "\"RepoTags\":[\"a:1\",\"h:5000/b:2\"],"
                        + "\"RepoDigests\":[\"a@sha256:d1\",\"c@sha256:d2\"]}]");
        var plain = Run.of(engine, "images", "--format", "json").out();
        assertThat(plain.lines()).hasSize(3).noneMatch(line -> line.contains("sha256:d"));
        assertThat(plain.lines().skip(1).findFirst().orElseThrow())
                .contains("\"Repository\":\"h:5000/b\"", "\"Tag\":\"2\"");
        var table = Run.of(engine, "images", "--digests").out().lines().toList();
        assertThat(table.get(1)).matches("a +1 +sha256:d1 +abababababab .*");
        assertThat(table.get(2)).matches("h:5000/b +2 +<none> +abababababab .*");
        assertThat(table.get(3)).matches("c +<none> +sha256:d2 +abababababab .*");
    }

    @Test
    void aDamagedImageIsAnErrorAndTheOthersAreLookedAt() {
        engine.on(
                "GET /images/json", 200, "[{\"Id\":\"x\",\"RepoTags\":[\"a:1\"]},{\"Id\":\"y\"}]");
        engine.on(
                "GET /rootbound/images/a:1/verify",
                200,
                "{\"Ok\":false,\"Problems\":[\"layer l: /f is missing\",\"more\"]}");
        engine.on("GET /rootbound/images/y/verify", 200, "{\"Ok\":true,\"Problems\":[]}");
        var run = Run.of(engine, "image", "verify");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("a:1: layer l: /f is missing\na:1: more\ny: ok\n");
        assertThat(Run.of(engine, "image", "verify", "y").code()).isZero();
        assertThat(Run.of(engine, "image", "verify", "none", "y").out()).isEqualTo("y: ok\n");
    }
}
