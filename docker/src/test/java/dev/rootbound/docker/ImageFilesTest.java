package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.image.Image;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.ImageConfig.Healthcheck;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commit, save, history and verify as they go over the wire. */
@Timeout(30)
class ImageFilesTest extends ServedEngine {
    private static final Digest ONE = new Digest("1".repeat(64));
    private static final Digest TWO = new Digest("2".repeat(64));

    private RawClient.Answer ask(String method, String path, String body) throws IOException {
        return RawClient.ask(socket, method, path, body);
    }

    private void create(String fields) throws IOException {
        var body = "{\"Image\":\"box\"" + fields + "}";
        assertThat(ask("POST", "/containers/create?name=c", body).status()).isEqualTo(201);
    }

    @Test
    void aCommitIsItsQueryAndItsBody() throws IOException {
        create(",\"ExposedPorts\":{\"80/tcp\":{}}");
        var body =
                "{\"User\":\"u\",\"Cmd\":[\"x\"],\"Env\":[\"A=1\"],\"ExposedPorts\":{\"81/tcp\":{}},"
                        + "\"Labels\":{\"a\":\"b\"},\"Healthcheck\":{\"Interval\":5000000}}";
        var answer =
                ask(
                        "POST",
                        "/commit?container=c&repo=r&tag=t&comment=why&author=me&pause=0"
                                + "&changes=USER%20x%0A%0AENV%20B=2&changes=LABEL%20c=d",
                        body);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().strip()).isEqualTo("{\"Id\":\"" + engine.image().id() + "\"}");
        var asked = engine.imageFiles.commits.getFirst();
        assertThat(asked.name()).isEqualTo("r:t");
        assertThat(asked.comment()).isEqualTo("why");
        assertThat(asked.author()).isEqualTo("me");
        assertThat(asked.pause()).isFalse();
        assertThat(asked.changes()).containsExactly("USER x", "ENV B=2", "LABEL c=d");
        assertThat(asked.exposedPorts()).containsExactly("80/tcp");
        assertThat(asked.config())
                .isEqualTo(
                        new ImageConfig.Defaults(
                                "u",
                                List.of("A=1"),
                                List.of(),
                                List.of("x"),
                                "",
                                Map.of("a", "b"),
                                List.of(),
                                List.of("81/tcp"),
                                "",
                                new Healthcheck(List.of(), 5_000_000, 0, 0, 0, 0),
                                List.of()));
    }

    @Test
    void aCommitPausesUnlessToldOtherwiseAndNeedsNoBody() throws IOException {
        create("");
        assertThat(ask("POST", "/commit?container=c", "null").status()).isEqualTo(201);
        assertThat(ask("POST", "/commit?container=c", "").status()).isEqualTo(201);
        assertThat(engine.imageFiles.commits)
                .allMatch(each -> each.pause() && each.name().isEmpty());
        assertThat(engine.imageFiles.commits.getFirst().config())
                .isEqualTo(ImageConfig.Defaults.NONE);
        assertThat(ask("POST", "/commit?container=none", "").status()).isEqualTo(404);
        assertThat(ask("POST", "/commit?container=c", "[]").status()).isEqualTo(400);
    }

    @Test
    void aSaveThatFindsNothingIsAnErrorAndOneThatFailsIsCutShort() throws IOException {
        assertThat(ask("GET", "/images/box/get", "").body()).isEqualTo("a tar");
        assertThat(ask("GET", "/images/get?names=box&names=box:latest", "").status())
                .isEqualTo(200);
        var oci = dev.rootbound.oci.Platform.host();
        assertThat(engine.imageFiles.saved).containsExactly("box", "box", "box:latest");
        assertThat(ask("GET", "/images/get?names=none", "").status()).isEqualTo(404);
        assertThat(ask("GET", "/images/box/get?platform=plan9", "").status()).isEqualTo(400);
        var here = "%7B%22os%22:%22linux%22,%22architecture%22:%22" + oci.architecture() + "%22%7D";
        assertThat(ask("GET", "/images/box/get?platform=" + here, "").status()).isEqualTo(200);
        var elsewhere = here.replace(oci.architecture(), "s390x");
        assertThat(ask("GET", "/images/box/get?platform=" + elsewhere, "").status()).isEqualTo(400);
        engine.imageFiles.broken = true;
        assertThatThrownBy(() -> ask("GET", "/images/box/get", "")).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsWrongWithAnImageIsTold() throws IOException {
        var path = "/rootbound/images/" + engine.image().id() + "/verify";
        assertThat(ask("GET", path, "").body()).contains("\"Ok\":true,\"Problems\":[]");
        engine.imageFiles.problems.add("layer x is damaged");
        assertThat(ask("GET", "/v1.51" + path, "").body())
                .contains("\"Ok\":false,\"Problems\":[\"layer x is damaged\"]");
    }

    @Test
    void aHistoryBeginsWithTheLastStepAndGivesLayersTheirSizes() {
        var steps =
                List.of(
                        new ImageConfig.History("2026-01-01T00:00:00Z", "base", "", "", false),
                        new ImageConfig.History("", "ENV x", "", "", true),
                        new ImageConfig.History("", "run", "", "note", false));
        var config =
                new ImageConfig(
                        "amd64", "linux", "", "", ImageConfig.Defaults.NONE, List.of(), steps);
        var layers = List.of(new Image.Layer(ONE, ONE, 10), new Image.Layer(TWO, TWO, 20));
        var image = new Image(ONE, config, "{}", TWO, layers, List.of("a:1"), List.of());
        assertThat(HistoryJson.of(image).toString())
                .isEqualTo(
                        "[{\"Id\":\"%s\",\"Created\":0,\"CreatedBy\":\"run\",\"Tags\":[\"a:1\"],"
                                        .formatted(ONE)
                                + "\"Size\":20,\"Comment\":\"note\"},"
                                + "{\"Id\":\"<missing>\",\"Created\":0,\"CreatedBy\":\"ENV x\","
                                + "\"Tags\":null,\"Size\":0,\"Comment\":\"\"},"
                                + "{\"Id\":\"<missing>\",\"Created\":1767225600,"
                                + "\"CreatedBy\":\"base\",\"Tags\":null,\"Size\":10,\"Comment\":\"\"}]");
    }
}
