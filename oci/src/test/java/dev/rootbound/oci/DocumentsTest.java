package dev.rootbound.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentsTest {
    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String CONFIG =
            """
            {"architecture":"amd64","os":"linux","created":"2024-01-01T00:00:00Z","author":null,
             "config":{"User":"web","Env":["A=b"],"Entrypoint":["/x"],"Cmd":null,"WorkingDir":"/w",
               "Labels":{"b":"1","a":null},"Volumes":{"/data":{}},"ExposedPorts":{"80/tcp":{}},
               "StopSignal":"SIGINT","Healthcheck":{"Test":["NONE"]}},
             "rootfs":{"type":"layers","diff_ids":["sha256:HEX"]},
             "history":[{"created_by":"x","empty_layer":true}],"moby.unknown":1}\
            """
                    .replace("HEX", HEX);
    private static final String DESCRIPTOR =
            "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:"
                    + HEX
                    + "\",\"size\":7}";
    private static final String MANIFEST =
            "{\"schemaVersion\":2,\"config\":" + DESCRIPTOR + ",\"layers\":[" + DESCRIPTOR + "]}";
    private static final String INDEX =
            "{\"schemaVersion\":2,\"manifests\":["
                    + DESCRIPTOR.replace(
                            "\"size\"",
                            "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"},"
                                    + "\"annotations\":{\"a\":\"b\"},\"size\"")
                    + "]}";

    @Test
    void aConfigIsReadAndNullIsEmpty() throws Exception {
        var config = ImageConfig.parse(CONFIG.getBytes(UTF_8));
        assertThat(config)
                .isEqualTo(
                        new ImageConfig(
                                "amd64",
                                "linux",
                                "2024-01-01T00:00:00Z",
                                "",
                                new ImageConfig.Defaults(
                                        "web",
                                        List.of("A=b"),
                                        List.of("/x"),
                                        List.of(),
                                        "/w",
                                        Map.of("b", "1", "a", ""),
                                        List.of("/data"),
                                        List.of("80/tcp"),
                                        "SIGINT",
                                        new ImageConfig.Healthcheck(List.of("NONE"), 0, 0, 0, 0, 0),
                                        List.of()),
                                List.of(new Digest(HEX)),
                                List.of(new ImageConfig.History("", "x", "", "", true))));
    }

    @Test
    void anEmptyConfigIsEmptyThroughout() throws Exception {
        var config = ImageConfig.parse("{\"config\":null,\"rootfs\":null}".getBytes(UTF_8));
        assertThat(config.diffIds()).isEmpty();
        assertThat(config.config().env()).isEmpty();
        assertThat(config.config().user()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | image config is empty",
                "[]                                    | image config is not an object",
                "{                                     | image config is not JSON",
                "{} {}                                 | image config is not JSON",
                "{\"os\":1}                            | image config: os is not text",
                "{\"config\":[]}                       | image config: config is not an object",
                "{\"config\":{\"Env\":{}}}             | image config: config: Env is not a list",
                "{\"config\":{\"Env\":[1]}}            | image config: config: Env is not text",
                "{\"config\":{\"Volumes\":[]}}         | Volumes is not an object",
                "{\"rootfs\":{\"type\":\"x\"}}         | rootfs has type x",
                "{\"rootfs\":{\"diff_ids\":[\"md5:1\"]}} | diff_ids is not a sha256 digest: md5:1",
                "{\"history\":[1]}                     | history[0] is not an object",
                "{\"history\":[{\"empty_layer\":1}]}   | empty_layer is not true or false",
            })
    void aBadConfigIsRefused(String document, String message) {
        assertThatThrownBy(() -> ImageConfig.parse(document.getBytes(UTF_8)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message);
    }

    @Test
    void tooLargeAndTooDeepIsRefused() {
        assertThatThrownBy(() -> ImageConfig.parse(new byte[5_000_000]))
                .hasMessage("image config has 5000000 bytes, the limit is 4194304");
        assertThatThrownBy(() -> ImageConfig.parse("{\"a\":".repeat(5000).getBytes(UTF_8)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aManifestAndAnIndexAreRead() throws Exception {
        var manifest = Manifest.parse(MANIFEST.getBytes(UTF_8));
        assertThat(manifest.config().size()).isEqualTo(7);
        assertThat(manifest.layers()).hasSize(1);
        var index = Index.parse(INDEX.getBytes(UTF_8));
        assertThat(index.manifests().getFirst().platform())
                .contains(new Platform("linux", "arm64", ""));
        assertThat(index.manifests().getFirst().annotations()).containsEntry("a", "b");
    }

    @Test
    void aDocumentThatIsBothManifestAndIndexIsRefused() {
        var both = MANIFEST.replace("{\"schema", "{\"manifests\":[],\"schema").getBytes(UTF_8);
        assertThatThrownBy(() -> Manifest.parse(both)).hasMessageContaining("is an index as well");
        assertThatThrownBy(() -> Index.parse(both)).hasMessageContaining("is a manifest as well");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"schemaVersion\":2 | \"schemaVersion\":1 | schemaVersion 1, only 2 is supported",
                "\"size\":7 | \"size\":-7          | has size -7",
                "\"size\":7 | \"size\":1e3         | size is not a number",
                "\"size\":7 | \"size\":99999999999999999999 | size is not a number",
                "\"config\" | \"other\"            | has no config",
                "sha256:    | sha512:              | not a sha256 digest",
            })
    void aBadManifestIsRefused(String from, String to, String message) {
        assertThatThrownBy(() -> Manifest.parse(MANIFEST.replace(from, to).getBytes(UTF_8)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message);
    }

    @Test
    void thePlatformOfThisHostIsRecognised() {
        var arm = Platform.linux("aarch64");
        assertThat(arm.runs(new Platform("linux", "arm64", ""))).isTrue();
        assertThat(arm.runs(new Platform("linux", "arm64", "v7"))).isFalse();
        assertThat(arm.runs(new Platform("windows", "arm64", ""))).isFalse();
        assertThat(Platform.linux("amd64")).hasToString("linux/amd64");
    }

    private interface Parser {
        void parse(byte[] document) throws IOException;
    }

    @Test
    void damagedDocumentsAreReadOrRefusedAndNothingElse() throws Exception {
        var random = new Random(7);
        fuzz(CONFIG, ImageConfig::parse, random);
        fuzz(MANIFEST, Manifest::parse, random);
        fuzz(INDEX, Index::parse, random);
    }

    private static void fuzz(String document, Parser parser, Random random) throws IOException {
        var pieces = List.of("null", "1", "-1", "[", "]", "{", "}", "\"", ",", "1e999", "\\u0000");
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            int at = random.nextInt(document.length());
            int cut = Math.min(document.length(), at + random.nextInt(20));
            var piece = pieces.get(random.nextInt(pieces.size()));
            var damaged = document.substring(0, at) + piece + document.substring(cut);
            try {
                parser.parse(damaged.getBytes(UTF_8));
            } catch (MalformedException _) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }
}
