package dev.rootbound.image;

import static dev.rootbound.image.RegistryStub.answer;
import static dev.rootbound.image.RegistryStub.bytes;
import static dev.rootbound.image.Store.ALICE;
import static dev.rootbound.image.Store.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RegistrySettings;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PullTest {
    private static final Credentials NOBODY = new Credentials.Anonymous();

    @TempDir Path dir;
    private final Registries registries =
            new Registries(new RegistrySettings(List.of(), Set.of(), List.of(), Map.of(), "test"));
    private RegistryStub registry;
    private Store store;
    private Pull pull;
    private Push push;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryStub();
        store = new Store(dir);
        pull =
                new Pull(
                        store.images,
                        store.content,
                        store.layers,
                        registries,
                        () -> SignatureRules.NONE);
        push = new Push(store.images, store.content, store.layers, registries);
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private Reference reference(String tag) {
        return Reference.parse(registry.host() + "/app:" + tag);
    }

    private Pull.Pulled pull(long tenant, String tag) throws Exception {
        return pull.run(tenant, reference(tag), Optional.empty(), NOBODY, TransferProgress.SILENT);
    }

    private static byte[] layer(int number, int size) {
        return Tars.tar(t -> t.file("f" + number, 0644, new byte[size]));
    }

    private byte[] document(String tag) {
        return Objects.requireNonNull(registry.manifests.get(tag));
    }

    private static String get(Descriptor blob) {
        return "GET /v2/app/blobs/" + blob.digest();
    }

    @Test
    void aPulledImageIsThereWithItsManifestsDigest() throws Exception {
        registry.image("1", layer(1, 5000), layer(2, 10));
        var pulled = pull(ALICE, "1");
        assertThat(pulled.digest()).isEqualTo(Sha256.of(document("1")));
        assertThat(pulled.isNew()).isTrue();
        assertThat(store.images.find(ALICE, registry.host() + "/app:1")).isPresent();
        assertThat(store.layers.layers.values())
                .containsExactlyInAnyOrder(List.of("f1"), List.of("f2"));
        assertThat(pull(ALICE, "1").isNew()).isFalse();
    }

    @Test
    void anImageIsDescribedWithoutBeingPulled() throws Exception {
        registry.image("1", layer(1, 10));
        var repository = new Repository(registry.host(), "app");
        try (var remote = registries.open(repository, NOBODY, Registries.Access.PULL)) {
            var found = Described.of(remote, reference("1"));
            assertThat(found.manifest().digest()).isEqualTo(Sha256.of(document("1")));
            assertThat(found.manifest().size()).isEqualTo(document("1").length);
            assertThat(found.platforms()).containsExactly(Platform.host());
        }
        store.assertEmpty();
    }

    @Test
    void contentWithAnotherDigestLeavesNothing() throws Exception {
        var blobs = registry.image("1", layer(1, 5000), layer(2, 10));
        registry.blobs.put(blobs.getFirst().digest().toString(), layer(3, 5000));
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the registry's content is damaged");
        store.assertEmpty();
    }

    @Test
    void aLayerThatUnpacksToMoreThanTheLimitLeavesNothing() throws Exception {
        var bomb = CompressionTest.gzip(layer(1, 10 << 20));
        assertThat(bomb.length).isLessThan(1 << 20);
        var blob = registry.blob(MediaTypes.OCI_LAYER + "+gzip", bomb);
        var config = registry.blob(MediaTypes.OCI_CONFIG, Store.config(layer(1, 10 << 20)));
        manifest("1", config, blob);
        store.layers.maxSize = 1 << 20;
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("larger than the limit of 1048576 bytes")
                .hasMessageContaining("max-layer-size");
        store.assertEmpty();
        store.layers.maxSize = Long.MAX_VALUE;
        assertThat(pull(ALICE, "1").isNew()).isTrue();
    }

    @Test
    void aConfigurationWithAnotherDigestLeavesNothing() throws Exception {
        var blobs = registry.image("1", layer(1, 5000));
        registry.blobs.computeIfPresent(
                blobs.getLast().digest().toString(), (_, config) -> new byte[config.length]);
        assertThatThrownBy(() -> pull(ALICE, "1")).isInstanceOf(MalformedException.class);
        store.assertEmpty();
    }

    @Test
    void aLayerWithOtherContentThanTheConfigurationSaysLeavesNothing() throws Exception {
        var layer = registry.blob(MediaTypes.OCI_LAYER, layer(1, 10));
        var config = registry.blob(MediaTypes.OCI_CONFIG, Store.config(layer(2, 10)));
        manifest("1", config, layer);
        assertThatThrownBy(() -> pull(ALICE, "1")).hasMessageContaining("it is damaged");
        store.assertEmpty();
    }

    @Test
    void anotherNumberOfLayersThanTheConfigurationSaysLeavesNothing() throws Exception {
        var layer = registry.blob(MediaTypes.OCI_LAYER, layer(1, 10));
        var config = registry.blob(MediaTypes.OCI_CONFIG, Store.config());
        manifest("1", config, layer);
        assertThatThrownBy(() -> pull(ALICE, "1")).isInstanceOf(MalformedException.class);
        store.assertEmpty();
    }

    private void manifest(String tag, Descriptor config, Descriptor... layers) {
        var manifest = new Manifest(MediaTypes.OCI_MANIFEST, config, List.of(layers));
        registry.manifest(tag, manifest.toJson());
    }

    @Test
    void anotherSizeThanTheDescriptorSaysLeavesNothing() throws Exception {
        var layer = registry.blob(MediaTypes.OCI_LAYER, layer(1, 10));
        var config = registry.blob(MediaTypes.OCI_CONFIG, Store.config(layer(1, 10)));
        manifest("1", config, new Descriptor(layer.mediaType(), layer.digest(), layer.size() - 1));
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("should have " + (layer.size() - 1) + " bytes");
        store.assertEmpty();
    }

    @Test
    void aHugeConfigurationIsRefusedBeforeItIsAskedFor() throws Exception {
        var config = new Descriptor(MediaTypes.OCI_CONFIG, Sha256.of(new byte[1]), 1L << 40);
        manifest("1", config);
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("the limit is");
        assertThat(registry.asked("GET /v2/app/blobs")).isEmpty();
        store.assertEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":1,\"fsLayers\":[]}",
                "{\"schemaVersion\":2,\"mediaType\":\""
                        + MediaTypes.OCI_INDEX
                        + "\",\"layers\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[],\"config\":{}}",
                "{\"schemaVersion\":2}",
                "{\"schemaVersion\":2,\"layers\":{}}",
                "{\"schemaVersion\":2,\"mediaType\":\"\\u001b[2J\"}",
            })
    void whatIsNoManifestIsRefused(String document) throws Exception {
        registry.manifest("1", bytes(document));
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(MalformedException.class)
                .message()
                .doesNotContainPattern("\\p{Cc}");
        store.assertEmpty();
    }

    @Test
    void anArtifactThatIsNoImageIsRefused() throws Exception {
        manifest("1", registry.blob("application/vnd.cncf.helm.config.v1+json", bytes("{}")));
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("is of no image but application/vnd.cncf.helm");
    }

    @Test
    void aForeignLayerIsRefusedAndNowhereAskedFor() throws Exception {
        var type = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
        var config = registry.blob(MediaTypes.OCI_CONFIG, Store.config(layer(1, 10)));
        manifest("1", config, registry.blob(type, layer(1, 10)));
        assertThatThrownBy(() -> pull(ALICE, "1")).hasMessageContaining("is foreign");
        assertThat(registry.asked("GET /v2/app/blobs")).isEmpty();
    }

    @Test
    void indexesThatAreNestedTooDeepAreRefusedSoon() throws Exception {
        registry.image("image", layer(1, 10));
        var inner = Sha256.of(document("image"));
        int size = document("image").length;
        for (int depth = 0; depth < 100; depth++) {
            var document = bytes(index(entry(inner, size, "amd64")));
            inner = registry.manifest("1", document);
            size = document.length;
        }
        registry.asked.clear();
        assertThatThrownBy(() -> pull(ALICE, "1"))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("nested too deep");
        assertThat(registry.asked("GET /v2/app/manifests")).hasSizeLessThan(7);
    }

    private static String index(String entries) {
        return "{\"schemaVersion\":2,\"manifests\":[" + entries + "]}";
    }

    private static String entry(Digest digest, int size, String architecture) {
        return "{\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}"
                .formatted(digest, size, architecture);
    }

    @Test
    void inAnIndexOfTenThousandOnlyTheOneForThisHostIsAskedFor() throws Exception {
        registry.image("image", layer(1, 10));
        var right = Sha256.of(document("image"));
        var entries = new ArrayList<String>();
        for (int i = 0; i < 10_000; i++) {
            entries.add(entry(Sha256.of(bytes("m" + i)), 7, "arch" + i));
        }
        entries.add(entry(right, document("image").length, hostArchitecture()));
        registry.manifest("1", bytes(index(String.join(",", entries))));
        assertThat(pull(ALICE, "1").digest()).isEqualTo(Sha256.of(document("1")));
        assertThat(registry.asked("GET /v2/app/manifests")).hasSize(2);
        entries.removeLast();
        registry.manifest("2", bytes(index(String.join(",", entries))));
        assertThatThrownBy(() -> pull(ALICE, "2"))
                .hasMessageContaining("no matching manifest for linux/")
                .message()
                .hasSizeLessThan(1100);
    }

    private static String hostArchitecture() {
        return Platform.host().architecture();
    }

    @Test
    void aBrokenPullGoesOnAtTheNext() throws Exception {
        var layer = layer(1, 500_000);
        var blob = registry.image("1", layer).getFirst();
        registry.doings.put(get(blob), registry.cutAfter(300_000));
        assertThatThrownBy(() -> pull(ALICE, "1")).isInstanceOf(RegistryException.NotFound.class);
        assertThat(store.images.list(ALICE)).isEmpty();
        registry.doings.clear();
        registry.sent.set(0);
        pull(ALICE, "1");
        assertThat(registry.sent.get()).isLessThan(layer.length - 300_000 + 2000L);
        assertThat(dir.resolve("content/incoming")).isEmptyDirectory();
    }

    @Test
    void whatIsLeftOfABrokenPullIsNotAnotherTenants() throws Exception {
        var layer = layer(1, 500_000);
        var blob = registry.image("1", layer).getFirst();
        registry.doings.put(get(blob), registry.cutAfter(300_000));
        assertThatThrownBy(() -> pull(ALICE, "1")).isInstanceOf(RegistryException.NotFound.class);
        registry.doings.clear();
        registry.sent.set(0);
        pull(BOB, "1");
        assertThat(registry.sent.get()).isGreaterThan(layer.length);
    }

    @Test
    void whatIsWrongOfABrokenPullIsForgottenWithIt() throws Exception {
        var layer = layer(1, 500_000);
        var blob = registry.image("1", layer).getFirst();
        registry.blobs.put(blob.digest().toString(), new byte[layer.length]);
        registry.doings.put(get(blob), registry.cutAfter(300_000));
        assertThatThrownBy(() -> pull(ALICE, "1")).isInstanceOf(RegistryException.NotFound.class);
        registry.doings.clear();
        registry.blobs.put(blob.digest().toString(), layer);
        assertThatThrownBy(() -> pull(ALICE, "1")).hasMessageContaining("is damaged");
        store.assertEmpty();
        pull(ALICE, "1");
    }

    private static <T> List<Future<T>> start(List<Callable<T>> tasks) {
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var started = tasks.stream().map(threads::submit).toList();
        threads.shutdown();
        return started;
    }

    private int askedForWhenTwoPull(long first, long second) throws Exception {
        var blob = registry.image("1", layer(1, 50_000)).getFirst();
        registry.doings.put(
                get(blob),
                exchange -> {
                    sleep(500); // both have come
                    registry.serve(exchange);
                });
        for (var pulled : start(List.of(() -> pull(first, "1"), () -> pull(second, "1")))) {
            pulled.get(20, TimeUnit.SECONDS);
        }
        return registry.asked(get(blob)).size();
    }

    private static void sleep(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void twoPullsOfOneTenantShareADownload() throws Exception {
        assertThat(askedForWhenTwoPull(ALICE, ALICE)).isEqualTo(1);
    }

    @Test
    void twoPullsOfTwoTenantsDoNot() throws Exception {
        assertThat(askedForWhenTwoPull(ALICE, BOB)).isEqualTo(2);
        assertThat(store.content.list()).hasSize(3);
    }

    @Test
    void aPullThatEndsDoesNotTakeTheDownloadFromOneThatShares() throws Exception {
        var blob = registry.image("1", layer(1, 50_000)).getFirst();
        registry.doings.put(get(blob), registry.stallAfter(1000));
        var first = thread(() -> pull(ALICE, "1"));
        while (registry.asked(get(blob)).isEmpty()) Thread.sleep(5);
        Callable<Pull.Pulled> sharing = () -> pull(ALICE, "1");
        var second = start(List.of(sharing)).getFirst();
        Thread.sleep(500); // it has joined
        registry.doings.clear();
        first.interrupt();
        assertThat(second.get(20, TimeUnit.SECONDS).isNew()).isTrue();
    }

    @Test
    void aPullThatIsLetGoLeavesTheWayToTheNextAndHoldsNothing() throws Exception {
        var blob = registry.image("1", layer(1, 50_000)).getFirst();
        for (int round = 0; round < 20; round++) {
            registry.asked.clear();
            registry.doings.put(get(blob), registry.stallAfter(1000 + round));
            var first = thread(() -> pull(ALICE, "1"));
            while (registry.asked(get(blob)).isEmpty()) Thread.sleep(1);
            registry.doings.clear();
            first.interrupt();
            Thread.sleep(round % 3);
            first.interrupt(); // also while it waits for its end
            var image = pull(ALICE, "1").image();
            first.join();
            assertThat(store.images.remove(ALICE, image)).isPresent();
            assertThat(store.content.list()).isEmpty();
        }
    }

    private static Thread thread(Callable<?> task) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        task.call();
                    } catch (Exception _) {
                        // what it left is looked at
                    }
                });
    }

    @Test
    void aLayerThatTheTenantHasIsNotAskedForAgain() throws Exception {
        registry.image("1", layer(1, 5000));
        pull(ALICE, "1");
        var blobs = registry.image("2", layer(1, 5000), layer(2, 10));
        registry.asked.clear();
        pull(ALICE, "2");
        assertThat(registry.asked(get(blobs.getFirst()))).isEmpty();
        assertThat(registry.asked(get(blobs.get(1)))).hasSize(1);
    }

    @Test
    void anotherTenantsLayerIsNotHadByItsDigest() throws Exception {
        var blobs = registry.image("1", layer(1, 5000));
        pull(ALICE, "1");
        registry.doings.put(get(blobs.getFirst()), exchange -> answer(exchange, 404, new byte[0]));
        assertThatThrownBy(() -> pull(BOB, "1")).isInstanceOf(RegistryException.NotFound.class);
        assertThat(store.images.list(BOB)).isEmpty();
        assertThat(registry.asked("HEAD")).isEmpty(); // over HTTP nobody's word counts
    }

    @Test
    void anInterruptedPullEndsSoonAndLeavesNoThread() throws Exception {
        var blobs = registry.image("1", layer(1, 50_000), layer(2, 60_000), layer(3, 70_000));
        registry.doings.put(
                "GET /v2/app/blobs/",
                exchange -> {
                    if (exchange.getRequestURI()
                            .getPath()
                            .endsWith(blobs.getLast().digest().toString())) {
                        registry.serve(exchange);
                    } else {
                        registry.stallAfter(1000).with(exchange);
                    }
                });
        var puller = thread(() -> pull(ALICE, "1"));
        while (registry.asked("GET /v2/app/blobs/").size() < 4) Thread.sleep(5);
        Thread.sleep(100);
        puller.interrupt();
        assertThat(puller.join(Duration.ofSeconds(5))).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("HttpClient") && thread.isAlive());
        assertThat(store.images.list(ALICE)).isEmpty();
        assertThat(store.layers.layers).isEmpty();
        assertThat(store.content.list()).isEmpty();
        registry.doings.clear();
        pull(ALICE, "1");
    }

    @Test
    void aPullAfterAPushHasTheSameDigestAndPlainLayersAreCompressedOnce() throws Exception {
        var image = store.add(ALICE, "file", registry.host() + "/app:1");
        var pushed = push.run(ALICE, image, reference("1"), NOBODY, TransferProgress.SILENT);
        var manifest = Manifest.parse(document("1"));
        assertThat(manifest.layers().getFirst().mediaType())
                .isEqualTo(MediaTypes.OCI_LAYER + "+gzip");
        registry.asked.clear();
        var stored = store.images.find(ALICE, registry.host() + "/app:1").orElseThrow();
        var again = push.run(ALICE, stored, reference("2"), NOBODY, TransferProgress.SILENT);
        assertThat(again.digest()).isEqualTo(pushed.digest());
        assertThat(registry.asked("PATCH")).isEmpty();
        assertThat(pull(BOB, "1").digest()).isEqualTo(pushed.digest());
        assertThat(store.images.find(BOB, registry.host() + "/app@" + pushed.digest())).isPresent();
    }

    @Test
    void aPushSendsOnlyWhatIsMissing() throws Exception {
        var blobs = registry.image("1", layer(1, 5000), layer(2, 10));
        pull(ALICE, "1");
        var image = store.images.find(ALICE, registry.host() + "/app:1").orElseThrow();
        registry.asked.clear();
        push.run(ALICE, image, reference("2"), NOBODY, TransferProgress.SILENT);
        var after = store.images.find(ALICE, image.id().toString()).orElseThrow();
        var compressed = after.layers().get(1).blob();
        registry.blobs.remove(compressed.toString());
        registry.asked.clear();
        push.run(ALICE, after, reference("3"), NOBODY, TransferProgress.SILENT);
        assertThat(registry.asked("PATCH")).hasSize(1);
        assertThat(registry.blobs).containsKey(compressed.toString());
        assertThat(registry.asked("HEAD /v2/app/blobs/" + blobs.getLast().digest())).hasSize(1);
    }

    @Test
    void aPushThatFailsTagsNothing() throws Exception {
        var image = store.add(ALICE, "file", registry.host() + "/app:1");
        registry.doings.put("PUT /v2/app/manifests", e -> answer(e, 403, new byte[0]));
        assertThatThrownBy(() ->
                        push.run(ALICE, image, reference("1"), NOBODY, TransferProgress.SILENT))
                .isInstanceOf(RegistryException.Denied.class);
        assertThat(store.images.find(ALICE, "app:1")).isEmpty();
        assertThat(store.images.list(ALICE).getFirst().digests()).isEmpty();
        assertThat(dir.resolve("content/incoming")).isEmptyDirectory();
    }

    @Test
    void pullsAndRemovalsSideBySideKeepTheStoreRight() throws Exception {
        registry.image("1", layer(1, 5000), layer(2, 10));
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < 8; i++) {
            long tenant = i % 2 == 0 ? ALICE : BOB;
            tasks.add(() -> {
                for (int round = 0; round < 10; round++) {
                    var image = pull(tenant, "1").image();
                    var removed = store.images.remove(tenant, image.id());
                    store.images.dropUnused(removed.layers(), store.layers);
                }
                return null;
            });
        }
        for (var task : start(tasks)) task.get(25, TimeUnit.SECONDS);
        store.assertEmpty();
        pull(ALICE, "1");
        assertThat(new Images(dir.resolve("records"), store.content).problems()).isEmpty();
        assertThat(dir.resolve("content/incoming")).isEmptyDirectory();
    }
}
