package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    private static final long ALICE = Store.ALICE;
    private static final long BOB = Store.BOB;

    @TempDir private Path dir;
    private Store store;
    private Images images;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        images = store.images;
    }

    @Test
    void anImageIsFoundByNameIdAndPrefix() throws Exception {
        var image = store.add(ALICE, "f", "app:1", "app");
        assertThat(image.names()).containsExactly("app:1", "app:latest");
        for (var name :
                List.of(
                        "app",
                        "app:1",
                        "docker.io/library/app:latest",
                        image.id().toString(),
                        image.id().hex(),
                        image.id().hex().substring(0, 12),
                        "sha256:" + image.id().hex().substring(0, 5))) {
            assertThat(images.find(ALICE, name)).contains(image);
        }
        assertThat(images.find(ALICE, "app:2")).isEmpty();
        assertThat(images.find(ALICE, "0".repeat(64))).isEmpty();
        assertThatThrownBy(() -> images.find(ALICE, "App"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be lowercase");
    }

    @Test
    void aNameGoesBeforeAnIdAndAnAmbiguousPrefixIsRefused() throws Exception {
        Image first = store.add(ALICE, "f0");
        Image second = first;
        for (int i = 1; second.id().equals(first.id()) || !sharesStart(first, second); i++) {
            second = store.add(ALICE, "f" + i);
        }
        var prefix = first.id().hex().substring(0, 1);
        assertThatThrownBy(() -> images.find(ALICE, prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("multiple IDs found with provided prefix: " + prefix);
        images.tag(ALICE, second.id(), Reference.parse(prefix));
        assertThat(images.find(ALICE, prefix)).map(Image::id).contains(second.id());
    }

    private static boolean sharesStart(Image one, Image other) {
        return one.id().hex().charAt(0) == other.id().hex().charAt(0);
    }

    @Test
    void aTenantSeesOnlyItsOwn() throws Exception {
        var image = store.add(ALICE, "f", "app");
        assertThat(images.find(BOB, "app")).isEmpty();
        assertThat(images.find(BOB, image.id().toString())).isEmpty();
        assertThat(images.list(BOB)).isEmpty();
        assertThatThrownBy(() -> images.tag(BOB, image.id(), Reference.parse("x")))
                .hasMessageContaining("no such image");
    }

    @Test
    void whatTwoTenantsHaveIsStoredOnceAndGoesWithTheLast() throws Exception {
        var image = store.add(ALICE, "f", "app");
        store.add(BOB, "f", "mine");
        assertThat(store.content.list()).hasSize(3);
        var removed = images.remove(ALICE, image.id());
        assertThat(removed).isEqualTo(new Images.Removed(List.of("app:latest"), List.of()));
        assertThat(images.list(ALICE)).isEmpty();
        assertThat(images.find(BOB, "mine")).isPresent();
        assertThat(images.remove(BOB, image.id()).layers())
                .containsExactlyElementsOf(image.config().diffIds());
        assertThat(store.content.list()).isEmpty();
    }

    @Test
    void anImageThatHasGotANameSinceItWasLookedAtIsNotRemoved() throws Exception {
        var seen = store.add(ALICE, "f");
        images.tag(ALICE, seen.id(), Reference.parse("app"));
        assertThat(images.remove(ALICE, seen)).isEmpty();
        var now = images.find(ALICE, "app").orElseThrow();
        assertThat(images.remove(ALICE, now).orElseThrow().names()).containsExactly("app:latest");
        assertThat(images.remove(ALICE, now)).isEmpty();
    }

    @Test
    void aNameMovesAndTheOldImageStaysWithoutIt() throws Exception {
        var old = store.add(ALICE, "f", "app");
        var newer = store.add(ALICE, "g", "app");
        assertThat(images.find(ALICE, "app")).map(Image::id).contains(newer.id());
        assertThat(images.find(ALICE, old.id().hex()).orElseThrow().names()).isEmpty();
    }

    @Test
    void untaggingLeavesTheImage() throws Exception {
        var image = store.add(ALICE, "f", "app");
        assertThat(images.untag(ALICE, Reference.parse("app"))).isTrue();
        assertThat(images.untag(ALICE, Reference.parse("app"))).isFalse();
        assertThat(images.list(ALICE)).extracting(Image::id).containsExactly(image.id());
    }

    @Test
    void allIsThereAfterARestart() throws Exception {
        store.add(ALICE, "f", "app");
        store.add(BOB, "f", "mine");
        var again = new Store(dir).images;
        assertThat(again.problems()).isEmpty();
        assertThat(again.list(ALICE)).isEqualTo(images.list(ALICE));
        assertThat(again.find(BOB, "mine")).isEqualTo(images.find(BOB, "mine"));
    }

    @Test
    void aDamagedRecordIsSetAsideAndTheOthersLoad() throws Exception {
        var damaged = store.add(ALICE, "f", "damaged");
        store.add(ALICE, "g", "whole");
        var file = dir.resolve("records/images/" + damaged.id().hex() + ".json");
        Files.writeString(file, "{\"format\":1,");
        var again = new Store(dir);
        assertThat(again.images.list(ALICE))
                .flatExtracting(Image::names)
                .containsExactly("whole:latest");
        assertThat(again.images.problems()).singleElement().asString().contains("is not JSON");
        assertThat(dir.resolve("records/images/damaged/" + file.getFileName())).exists();
        assertThat(dir.resolve("records/images/damaged/" + file.getFileName() + ".reason"))
                .content()
                .contains("is not JSON");
        assertThat(again.content.list()).hasSize(6);
    }

    @Test
    void anImageThatCameWithoutAManifestHasOneOfItsBlobs() throws Exception {
        var image = store.add(ALICE, "f", "app");
        var manifest = Manifest.parse(store.content.document(image.manifest()));
        assertThat(manifest.config().digest()).isEqualTo(image.id());
        assertThat(manifest.config().size()).isEqualTo(store.content.size(image.id()));
        assertThat(manifest.layers())
                .containsExactly(
                        new Descriptor(
                                MediaTypes.OCI_LAYER,
                                image.layers().getFirst().blob(),
                                image.size()));
    }

    @Test
    void aRecordOfBeforeThereWereManifestsGetsOne() throws Exception {
        var image = store.add(ALICE, "f", "app");
        var file = dir.resolve("records/images/" + image.id().hex() + ".json");
        Files.write(file, Json.write(Map.of("format", 1, "layers", image.layers())));
        Files.delete(dir.resolve("content/blobs/sha256/" + image.manifest().hex()));
        var again = new Store(dir);
        assertThat(again.images.problems()).isEmpty();
        assertThat(again.images.list(ALICE)).containsExactly(image);
        assertThat(file).content().contains(image.manifest().toString());
    }

    @Test
    void aManifestOfAnotherImageIsRefused() throws Exception {
        var other = store.add(ALICE, "f", "app");
        var layer = other.layers().getFirst();
        var manifest = store.content.document(other.manifest());
        var config = Store.config(Store.layer("f"), Store.layer("f"));
        var addition =
                new Images.Addition(
                        config, Optional.of(manifest), List.of(layer, layer), List.of());
        assertThatThrownBy(() -> images.add(ALICE, List.of(addition)))
                .hasMessageContaining("is of another image");
    }

    @Test
    void anImageWhoseContentIsLostIsSetAside() throws Exception {
        var image = store.add(ALICE, "f", "app");
        Files.delete(dir.resolve("content/blobs/sha256/" + image.layers().getFirst().blob().hex()));
        assertThat(new Store(dir).images.problems())
                .singleElement()
                .asString()
                .contains("content sha256:")
                .contains("is missing");
    }

    @Test
    void aDamagedTenantDoesNotCostItsImages() throws Exception {
        store.add(ALICE, "f", "app");
        Files.writeString(dir.resolve("records/tenants/1000.json"), "");
        var again = new Store(dir);
        assertThat(again.images.problems()).hasSize(1);
        assertThat(again.content.list()).hasSize(3);
    }

    @Test
    void whatACrashLeftHalfAddedIsRemovedAtTheStart() throws Exception {
        store.content.put(new java.io.ByteArrayInputStream(new byte[9]), null);
        var image = store.add(ALICE, "f", "app");
        Files.delete(dir.resolve("records/tenants/1000.json"));
        Files.writeString(dir.resolve("records/tenants/.1000.tmp"), "{");
        var again = new Store(dir);
        assertThat(again.images.problems()).isEmpty();
        assertThat(again.images.layers()).isEmpty();
        assertThat(again.content.exists(image.id())).isFalse();
        again.assertEmpty();
    }

    @Test
    void manyThreadsAtOnceLoseNothing() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var jobs = new java.util.ArrayList<Callable<Image>>();
            for (int i = 0; i < 16; i++) {
                var name = "app" + i;
                jobs.add(() -> store.add(ALICE, "f" + name.length(), name));
            }
            for (var job : tasks.invokeAll(jobs)) job.get();
        }
        assertThat(images.list(ALICE)).flatExtracting(Image::names).hasSize(16);
        assertThat(new Store(dir).images.list(ALICE)).flatExtracting(Image::names).hasSize(16);
    }
}
