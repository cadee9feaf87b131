package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.ImageConfig.Defaults;
import dev.rootbound.oci.ImageConfig.Healthcheck;
import dev.rootbound.oci.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitTest {
    private static final Instant NOW = Instant.parse("2026-11-22T01:02:03.5Z");
    private static final byte[] TAR = Store.layer("new");
    private static final Defaults CONTAINER =
            new Defaults(
                    "app",
                    List.of("PATH=/bin", "A=1"),
                    List.of("/entry"),
                    List.of("serve"),
                    "/srv",
                    Map.of("a", "1", "b", "2"),
                    List.of("/data"),
                    List.of("80/tcp"),
                    "SIGINT",
                    new Healthcheck(List.of("CMD", "ok"), 5, 0, 0, 0, 3),
                    List.of());

    @TempDir private Path dir;
    private Store store;
    private Commit commit;
    private Image base;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        base = store.add(Store.ALICE, "base", "base");
        var clock = Clock.fixed(NOW, ZoneOffset.UTC);
        commit = new Commit(store.images, store.content, store.layers, clock);
    }

    private Image commit(Defaults asked, String... changes) throws IOException {
        var request =
                new Commit.Request(asked, List.of(changes), CONTAINER, "sh -c x", "Ann", "why");
        var name = Optional.of(Reference.parse("made"));
        return commit.commit(Store.ALICE, base.id(), request, name, out -> out.write(TAR));
    }

    private Defaults changed(String... changes) throws IOException {
        return commit(Defaults.NONE, changes).config().config();
    }

    @Test
    void anImageHasNotMoreLayersThanDockerLets() throws Exception {
        var request =
                new Commit.Request(Defaults.NONE, List.of(), CONTAINER, "sh -c x", "Ann", "why");
        var image = base;
        while (image.layers().size() < 127) image = onTopOf(image, request);
        var full = image;
        assertThatThrownBy(() -> onTopOf(full, request))
                .hasMessageContaining("the image has 128 layers, the limit is 127");
        assertThat(store.images.find(Store.ALICE, "made")).map(Image::id).contains(full.id());
    }

    private Image onTopOf(Image image, Commit.Request request) throws IOException {
        var name = Optional.of(Reference.parse("made"));
        return commit.commit(Store.ALICE, image.id(), request, name, out -> out.write(TAR));
    }

    @Test
    void theImageIsTheParentAndALayer() throws Exception {
        var image = commit(Defaults.NONE);
        assertThat(image.names()).containsExactly("made:latest");
        assertThat(image.diffIds()).containsExactly(base.diffIds().getFirst(), Sha256.of(TAR));
        assertThat(image.config().architecture()).isEqualTo(base.config().architecture());
        assertThat(image.config().os()).isEqualTo(base.config().os());
        assertThat(image.config().author()).isEqualTo("Ann");
        assertThat(image.config().config()).isEqualTo(CONTAINER);
        var own = image.config().history().getLast();
        assertThat(own.createdBy()).isEqualTo("sh -c x");
        assertThat(own.comment()).isEqualTo("why");
        assertThat(own.author()).isEqualTo("Ann");
        assertThat(own.emptyLayer()).isFalse();
        assertThat(Instant.parse(own.created())).isEqualTo(NOW);
        var manifest = Manifest.parse(store.content.document(image.manifest()));
        assertThat(manifest.layers()).hasSize(2);
        assertThat(store.layers.layers).containsKey(Sha256.of(TAR));
    }

    @Test
    void changesWinOverTheContainerAndWhatTheyLeaveOpenIsItsOwn() throws Exception {
        var config = changed("USER root", "ENV A=2 C=3", "LABEL b=3", "EXPOSE 443", "WORKDIR /w");
        assertThat(config.user()).isEqualTo("root");
        assertThat(config.env()).containsExactly("PATH=/bin", "A=2", "C=3");
        assertThat(config.labels()).isEqualTo(Map.of("a", "1", "b", "3"));
        assertThat(config.exposedPorts()).containsExactly("443/tcp", "80/tcp");
        assertThat(config.workingDir()).isEqualTo("/w");
        assertThat(changed("WORKDIR sub").workingDir()).isEqualTo("/srv/sub");
        assertThat(config.entrypoint()).containsExactly("/entry");
        assertThat(config.cmd()).containsExactly("serve");
        assertThat(config.stopSignal()).isEqualTo("SIGINT");
    }

    @Test
    void aNewEntrypointTakesTheCommandWithIt() throws Exception {
        assertThat(changed("ENTRYPOINT [\"/new\"]").cmd()).isEmpty();
        assertThat(changed("CMD [\"c\"]", "ENTRYPOINT [\"/new\"]").cmd()).containsExactly("c");
        assertThat(changed("ENTRYPOINT []").entrypoint()).isEmpty();
        assertThat(changed("ENTRYPOINT []").cmd()).containsExactly("serve");
        assertThat(changed("CMD [\"c\"]").entrypoint()).containsExactly("/entry");
    }

    @Test
    void aHealthCheckIsMergedFieldByField() throws Exception {
        var check = changed("HEALTHCHECK --interval=1m30s --start-period=0.5s CMD curl x");
        assertThat(check.healthcheck())
                .isEqualTo(
                        new Healthcheck(
                                List.of("CMD-SHELL", "curl x"),
                                90_000_000_000L,
                                0,
                                500_000_000,
                                0,
                                3));
        assertThat(changed("HEALTHCHECK NONE").healthcheck())
                .isEqualTo(new Healthcheck(List.of("NONE"), 5, 0, 0, 0, 3));
        assertThatThrownBy(() -> changed("HEALTHCHECK --often CMD x"))
                .hasMessageContaining("it is NONE, or CMD and a command");
        assertThatThrownBy(() -> changed("HEALTHCHECK --every=1s CMD x"))
                .hasMessageContaining("unknown flag --every");
        assertThatThrownBy(() -> changed("HEALTHCHECK --interval=soon CMD x"))
                .hasMessageContaining("invalid duration: soon");
    }

    @Test
    void whatARequestSaysOutrightIsBelowItsChanges() throws Exception {
        var asked =
                new Defaults(
                        "asked",
                        List.of("A=asked", "B=asked"),
                        List.of(),
                        List.of("asked"),
                        "",
                        Map.of(),
                        List.of("/asked"),
                        List.of(),
                        "",
                        null,
                        List.of("/bin/bash"));
        var config = commit(asked, "ENV A=changed").config().config();
        assertThat(config.user()).isEqualTo("asked");
        assertThat(config.env()).containsExactly("A=changed", "B=asked", "PATH=/bin");
        assertThat(config.cmd()).containsExactly("asked");
        assertThat(config.volumes()).containsExactly("/asked", "/data");
        assertThat(config.shell()).containsExactly("/bin/bash");
    }

    @Test
    void oneThatFailsLeavesNothing() throws Exception {
        var before = store.content.list();
        assertThatThrownBy(() -> changed("RUN x")).hasMessageContaining("not a valid change");
        var request = new Commit.Request(Defaults.NONE, List.of(), CONTAINER, "", "", "");
        assertThatThrownBy(() ->
                        commit.commit(
                                Store.ALICE,
                                base.id(),
                                request,
                                Optional.empty(),
                                out -> {
                                    out.write(TAR, 0, 700);
                                    throw new IOException("unreadable");
                                }))
                .hasMessageContaining("unreadable");
        assertThat(store.content.list()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(store.images.list(Store.ALICE)).hasSize(1);
    }

    @Test
    void whatAnImageConsistsOfStaysWhileItIsCommitted() throws Exception {
        var request = new Commit.Request(Defaults.NONE, List.of(), CONTAINER, "", "", "");
        var image =
                commit.commit(
                        Store.ALICE,
                        base.id(),
                        request,
                        Optional.empty(),
                        out -> {
                            store.images.remove(Store.ALICE, base.id());
                            out.write(TAR);
                        });
        assertThat(store.content.exists(image.layers().getFirst().blob())).isTrue();
        assertThatThrownBy(() -> commit(Defaults.NONE)).hasMessageContaining("is gone");
    }
}
