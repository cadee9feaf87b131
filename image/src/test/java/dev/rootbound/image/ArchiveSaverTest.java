package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Index;
import dev.rootbound.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveSaverTest {
    @TempDir private Path dir;
    @TempDir private Path other;
    private Store store;
    private Image app;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        app = store.add(Store.ALICE, "app", "app:1", "app:2", "example.org/team/app:3");
    }

    private static ArchiveSaver.Chosen chosen(Image image, String name) {
        var reference = name.isEmpty() ? Optional.<Reference>empty() : named(name);
        return new ArchiveSaver.Chosen(image.id(), reference);
    }

    private static Optional<Reference> named(String name) {
        return Optional.of(Reference.parse(name));
    }

    private byte[] saved(ArchiveSaver.Chosen... chosen) throws IOException {
        var out = new ByteArrayOutputStream();
        new ArchiveSaver(store.images, store.content).save(Store.ALICE, List.of(chosen), () -> out);
        return out.toByteArray();
    }

    private static byte[] member(byte[] tar, String name) throws IOException {
        return Tars.read(tar).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow()
                .text()
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void everyBlobIsThereOnceAndTheSameImagesAreTheSameBytes() throws IOException {
        var more = store.add(Store.ALICE, "more", "more");
        var first = saved(chosen(app, "app:1"), chosen(more, "more:latest"), chosen(app, "app:2"));
        assertThat(saved(chosen(app, "app:1"), chosen(more, "more:latest"), chosen(app, "app:2")))
                .isEqualTo(first);
        var blobs =
                Stream.of(app, more)
                        .flatMap(i -> Stream.of(i.id(), i.manifest(), i.layers().getFirst().blob()))
                        .map(digest -> "blobs/sha256/" + digest.hex())
                        .sorted()
                        .toList();
        var names = new ArrayList<>(List.of("blobs/", "blobs/sha256/"));
        names.addAll(blobs);
        names.addAll(List.of("index.json", "manifest.json", "oci-layout", "repositories"));
        assertThat(Tars.read(first).stream().map(each -> each.name())).isEqualTo(names);
        assertThat(member(first, "repositories"))
                .asString()
                .isEqualTo(
                        "{\"app\":{\"1\":\"%1$s\",\"2\":\"%1$s\"},\"more\":{\"latest\":\"%2$s\"}}"
                                .formatted(
                                        app.diffIds().getLast().hex(),
                                        more.diffIds().getLast().hex()));
    }

    @Test
    void eachTagIsADescriptorWithItsWholeName() throws IOException {
        var tar = saved(chosen(app, "app:1"), chosen(app, "example.org/team/app:3"));
        var manifests = Index.parse(member(tar, "index.json")).manifests();
        assertThat(manifests).allMatch(each -> each.digest().equals(app.manifest()));
        assertThat(manifests.stream().map(each -> each.annotations()))
                .extracting(a -> a.get("io.containerd.image.name"))
                .containsExactly("docker.io/library/app:1", "example.org/team/app:3");
        assertThat(manifests.getFirst().annotations())
                .containsEntry("org.opencontainers.image.ref.name", "1");
        var entry = Json.parse(member(tar, "manifest.json"), "manifest.json").get(0);
        assertThat(entry.get("RepoTags").toString())
                .isEqualTo("[\"app:1\",\"example.org/team/app:3\"]");
    }

    @Test
    void anImageWithoutANameHasNone() throws IOException {
        var tar = saved(chosen(app, ""));
        var manifests = Index.parse(member(tar, "index.json")).manifests();
        assertThat(manifests).hasSize(1);
        assertThat(manifests.getFirst().annotations()).isEmpty();
        assertThat(member(tar, "repositories")).asString().isEqualTo("{}");
    }

    @Test
    void whatIsSavedIsLoadedWithTheSameDigests() throws IOException {
        var tar = saved(chosen(app, "app:1"));
        var target = new Store(other);
        target.load(tar);
        var loaded = target.images.find(Store.ALICE, "app:1").orElseThrow();
        assertThat(loaded.id()).isEqualTo(app.id());
        assertThat(loaded.manifest()).isEqualTo(app.manifest());
        assertThat(loaded.layers()).isEqualTo(app.layers());
    }

    @Test
    void theManifestItCameWithIsSavedAndLoaded() throws IOException {
        var manifest = new String(store.content.document(app.manifest()), StandardCharsets.UTF_8);
        var own = manifest.replaceFirst("\\}$", ",\"annotations\":{\"a\":\"b\"}}");
        store.images.remove(Store.ALICE, app.id());
        store.images.dropUnused(app.diffIds(), store.layers);
        var image = with(own.getBytes(StandardCharsets.UTF_8));
        var target = new Store(other);
        target.load(saved(chosen(image, "own:latest")));
        var loaded = target.images.find(Store.ALICE, "own").orElseThrow();
        assertThat(target.content.document(loaded.manifest())).asString().isEqualTo(own);
    }

    private Image with(byte[] manifest) throws IOException {
        var layer = Store.layer("app");
        try (var work = new Work(store.images, store.content, store.layers)) {
            var blob = work.put(new ByteArrayInputStream(layer), null);
            var unpacked = work.unpack(Sha256.of(layer), blob.digest());
            return work.add(
                            Store.ALICE,
                            List.of(
                                    new Images.Addition(
                                            Store.config(layer),
                                            Optional.of(manifest),
                                            List.of(unpacked),
                                            List.of(Reference.parse("own")))))
                    .getFirst();
        }
    }

    @Test
    void aDamagedBlobCutsTheArchiveShort() throws IOException {
        var blob = dir.resolve("content/blobs/sha256/" + app.layers().getFirst().blob().hex());
        var bytes = Files.readAllBytes(blob);
        bytes[bytes.length / 2]++;
        Files.write(blob, bytes);
        assertThatThrownBy(() -> saved(chosen(app, "app:1"))).hasMessageContaining("is damaged");
        var check = new ImageCheck(store.images, store.content, store.layers);
        assertThat(check.problems(Store.ALICE, app))
                .singleElement()
                .asString()
                .contains("layer " + app.layers().getFirst().blob() + " is damaged");
    }

    @Test
    void nothingIsWrittenForAnImageThatIsGone() {
        var gone = new ArchiveSaver.Chosen(new Digest("a".repeat(64)), Optional.empty());
        assertThatThrownBy(() ->
                        new ArchiveSaver(store.images, store.content)
                                .save(
                                        Store.ALICE,
                                        List.of(gone),
                                        () -> {
                                            throw new AssertionError("opened");
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is gone");
    }

    @Test
    void anUnharmedImageHasNoProblem() throws IOException {
        var check = new ImageCheck(store.images, store.content, store.layers);
        assertThat(check.problems(Store.ALICE, app)).isEmpty();
        store.layers.layers.put(app.diffIds().getFirst(), List.of("other"));
        assertThat(check.problems(Store.ALICE, app))
                .containsExactly("layer " + app.diffIds().getFirst() + ": it has other names");
    }

    @Test
    void aLayersChainIdNamesAllBelowIt() throws IOException {
        var lower = app.layers().getFirst();
        var two =
                new Image(
                        app.id(),
                        app.config(),
                        app.rawConfig(),
                        app.manifest(),
                        List.of(lower, lower),
                        List.of(),
                        List.of());
        var pair = lower.diffId() + " " + lower.diffId();
        assertThat(two.chainIds())
                .containsExactly(
                        lower.diffId(), Sha256.of(pair.getBytes(StandardCharsets.US_ASCII)));
    }
}
