package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportTarTest {
    private static final Instant NOW = Instant.parse("2026-11-22T01:02:03.5Z");
    private static final byte[] TAR = Store.layer("f");

    @TempDir private Path dir;
    private Store store;
    private ImportTar importer;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        importer =
                new ImportTar(
                        store.images,
                        store.content,
                        store.layers,
                        Store.HOST,
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Image load(byte[] tar, String... changes) throws IOException {
        return importer.load(
                Store.ALICE,
                new ByteArrayInputStream(tar),
                Optional.of(Reference.parse("root")),
                "",
                List.of(changes));
    }

    @Test
    void aTarBecomesAnImageOfOneLayer() throws Exception {
        var image = load(CompressionTest.gzip(TAR));
        assertThat(image.names()).containsExactly("root:latest");
        assertThat(image.config().diffIds()).containsExactly(Sha256.of(TAR));
        assertThat(image.config().architecture()).isEqualTo("amd64");
        assertThat(image.config().os()).isEqualTo("linux");
        assertThat(Instant.parse(image.config().created())).isEqualTo(NOW);
        assertThat(image.config().history().getFirst().comment()).isEqualTo("Imported from -");
        assertThat(image.size()).isEqualTo(TAR.length);
        assertThat(store.layers.layers).containsOnlyKeys(Sha256.of(TAR));
    }

    @Test
    void changesBecomeTheConfiguration() throws Exception {
        var config =
                load(
                                TAR,
                                "CMD [\"sh\", \"-c\", \"a b\"]",
                                "entrypoint exec top -b",
                                "ENV A=1 B=\"two words\"",
                                "ENV OLD the rest",
                                "EXPOSE 80 443/udp 8000-8001",
                                "LABEL a.b=c 'd e'=f\\ g",
                                "STOPSIGNAL SIGINT",
                                "USER 1000:1000",
                                "VOLUME [\"/data\"]",
                                "VOLUME /a /b",
                                "WORKDIR /srv",
                                "WORKDIR app")
                        .config()
                        .config();
        assertThat(config.cmd()).containsExactly("sh", "-c", "a b");
        assertThat(config.entrypoint()).containsExactly("/bin/sh", "-c", "exec top -b");
        assertThat(config.env()).containsExactly("A=1", "B=two words", "OLD=the rest");
        assertThat(config.exposedPorts())
                .containsExactly("443/udp", "80/tcp", "8000/tcp", "8001/tcp");
        assertThat(config.labels()).isEqualTo(Map.of("a.b", "c", "d e", "f g"));
        assertThat(config.stopSignal()).isEqualTo("SIGINT");
        assertThat(config.user()).isEqualTo("1000:1000");
        assertThat(config.volumes()).containsExactly("/a", "/b", "/data");
        assertThat(config.workingDir()).isEqualTo("/srv/app");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUN x             | change 'RUN x': RUN is not a valid change",
                "CMD               | CMD requires at least one argument",
                "''                | requires at least one argument",
                "CMD [1]           | not a JSON list of texts",
                "CMD [\"a\"        | not a JSON list of texts",
                "ENV A             | must be NAME=VALUE",
                "ENV A=1 =2        | must be NAME=VALUE",
                "LABEL A=\"x       | a quote is not closed",
                "EXPOSE x          | invalid port: x",
                "EXPOSE 70000      | invalid port: 70000",
                "USER a b          | takes one argument",
            })
    void aBadChangeIsRefusedByItsText(String change, String message) throws Exception {
        assertThatThrownBy(() -> load(TAR, change))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        store.assertEmpty();
    }

    @Test
    void aBadTarIsRefusedAndLeavesNothing() throws Exception {
        assertThatThrownBy(() ->
                        load(
                                "not a tar"
                                        .repeat(100)
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isInstanceOf(TarException.class);
        assertThatThrownBy(() -> load(Arrays.copyOf(TAR, 512))).isInstanceOf(TarException.class);
        store.assertEmpty();
    }
}
