package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveLoaderTest {
    private static final byte[] BASE = Store.layer("base");
    private static final byte[] TOP = Store.layer("top");
    private static final byte[] CONFIG = Store.config(BASE, TOP);
    private static final String ID = Sha256.of(CONFIG).toString();

    @TempDir private Path dir;
    private Store store;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
    }

    private static Tars.Content docker(String manifest) {
        return t -> {
            t.file("manifest.json", 0644, manifest.getBytes(UTF_8));
            t.file("c.json", 0644, CONFIG);
            t.directory("a", 0755);
            t.file("a/layer.tar", 0644, BASE);
            t.file("b/layer.tar", 0644, TOP);
        };
    }

    private static byte[] dockerArchive() {
        return Tars.tar(
                docker(
                        "[{\"Config\":\"c.json\",\"RepoTags\":[\"app:1\",\"example.com/app:2\"],"
                                + "\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]"));
    }

    @Test
    void aDockerArchiveIsLoaded() throws Exception {
        var loaded = store.load(dockerArchive()).getFirst();
        assertThat(loaded.lines())
                .containsExactly("Loaded image: app:1", "Loaded image: example.com/app:2");
        assertThat(loaded.image().id()).hasToString(ID);
        assertThat(loaded.image().rawConfig()).isEqualTo(new String(CONFIG, UTF_8));
        assertThat(loaded.image().size()).isEqualTo(BASE.length + TOP.length);
        assertThat(store.layers.layers.values())
                .containsExactlyInAnyOrder(List.of("base"), List.of("top"));
        assertThat(store.content.list()).hasSize(4); // configuration, manifest, two layers
    }

    @Test
    void compressedArchivesAreLoaded() throws Exception {
        assertThat(store.load(CompressionTest.gzip(dockerArchive()))).hasSize(1);
        assertThat(store.load(Zstd.compress(dockerArchive()))).hasSize(1);
    }

    @Test
    void loadingAgainUnpacksNothing() throws Exception {
        store.load(dockerArchive());
        store.load(dockerArchive());
        assertThat(store.layers.unpacked).hasValue(2);
        assertThat(store.content.list()).hasSize(4);
    }

    @Test
    void manyLoadsAtOnceUnpackALayerOnce() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var jobs = new ArrayList<Callable<List<ArchiveLoader.Loaded>>>();
            for (int i = 0; i < 12; i++) {
                long tenant = i;
                var archive = i % 3 == 0 ? truncated() : dockerArchive();
                jobs.add(() -> store.loader.load(tenant, new ByteArrayInputStream(archive)));
            }
            int failed = 0;
            for (var job : tasks.invokeAll(jobs)) {
                if (job.state() == java.util.concurrent.Future.State.FAILED) failed++;
            }
            assertThat(failed).isEqualTo(4);
        }
        assertThat(store.layers.unpacked).hasValue(2);
        assertThat(store.content.list()).hasSize(4);
        assertThat(new Store(dir).images.problems()).isEmpty();
    }

    private static byte[] truncated() {
        return Arrays.copyOf(dockerArchive(), dockerArchive().length - 3000);
    }

    @Test
    void layersThatAreLinksAndEntriesInAnyOrderAreLoaded() throws Exception {
        var manifest =
                "[{\"Config\":\"c.json\",\"RepoTags\":null,"
                        + "\"Layers\":[\"./x/layer.tar\",\"y/layer.tar\"]}]";
        var tar =
                Tars.tar(t -> {
                    t.symlink("x/layer.tar", "../a/layer.tar");
                    t.add('1', "y/layer.tar", 0644, "b/layer.tar", new byte[0]);
                    docker(manifest).write(t);
                });
        assertThat(store.load(tar).getFirst().lines()).containsExactly("Loaded image ID: " + ID);
    }

    @Test
    void anArchiveOfNoImageIsRefused() throws Exception {
        assertRefused(Tars.tar(t -> t.file("etc/passwd", 0644, CONFIG)), "neither manifest.json");
        assertRefused(new byte[0], "neither manifest.json");
        assertRefused("not a tar".repeat(100).getBytes(UTF_8), "checksum");
    }

    @Test
    void whatManifestJsonSaysAmissIsRefused() throws Exception {
        assertRefused(Tars.tar(docker("{}")), "manifest.json is not a list");
        assertRefused(Tars.tar(docker("[null]")), "manifest.json[0] is not an object");
        assertRefused(Tars.tar(docker("[")), "manifest.json is not JSON");
        assertRefused(
                Tars.tar(docker("[{\"Config\":\"../../etc/passwd\"}]")),
                "manifest.json names '../../etc/passwd', which is not in the archive");
        assertRefused(
                Tars.tar(docker("[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\"]}]")),
                "configuration has 2 layers, its manifest 1");
        assertRefused(
                Tars.tar(
                        docker(
                                "[{\"Config\":\"c.json\",\"RepoTags\":[\"Bad\"],"
                                        + "\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]")),
                "name 'Bad': invalid reference format");
        assertRefused(
                Tars.tar(
                        docker(
                                "[{\"Config\":\"c.json\",\"LayerSources\":{\"x\":{\"mediaType\":"
                                        + "\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\"}}}]")),
                "foreign layer");
    }

    @Test
    void aLayerThatIsNotWhatTheConfigurationSaysIsRefusedAndUndone() throws Exception {
        var manifest = "[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\",\"a/layer.tar\"]}]";
        assertRefused(Tars.tar(docker(manifest)), "layer " + Sha256.of(TOP) + ": its content has");
    }

    @Test
    void aFailedLoadLeavesAnotherImagesLayersAndContent() throws Exception {
        store.load(dockerArchive());
        var manifest = "[{\"Config\":\"c.json\",\"Layers\":[\"a/layer.tar\",\"a/layer.tar\"]}]";
        assertThatThrownBy(() -> store.load(Tars.tar(docker(manifest))))
                .isInstanceOf(IOException.class);
        assertThat(store.layers.layers).hasSize(2);
        assertThat(store.content.list()).hasSize(4);
    }

    @Test
    void linksInACircleAreRefused() throws Exception {
        assertRefused(
                Tars.tar(t -> {
                    t.symlink("manifest.json", "m");
                    t.symlink("m", "manifest.json");
                }),
                "lead in a circle");
    }

    @Test
    void tooManyEntriesAndTooLargeAConfigAreRefused() throws Exception {
        assertRefused(
                Tars.tar(t -> {
                    for (int i = 0; i <= 10_000; i++) t.directory("d", 0755);
                }),
                "more than 10000 entries");
        assertRefused(
                Tars.tar(t -> t.file("manifest.json", 0644, new byte[5_000_000])),
                "manifest.json has 5000000 bytes, the limit is 4194304");
    }

    @Test
    void cutAndDamagedArchivesAreRefusedAndLeaveNothing() throws Exception {
        assertRefused(truncated(), "");
        var gzip = CompressionTest.gzip(dockerArchive());
        gzip[gzip.length / 2] ^= 0x55;
        assertRefused(gzip, "");
        assertRefused(Arrays.copyOf(gzip, gzip.length / 3), "");
    }

    @Test
    void damagedArchivesAreLoadedOrRefusedAndNothingElse() throws Exception {
        var random = new Random(5);
        var whole = Tars.tar(oci(index(manifest(BASE, TOP))));
        for (int round = 0; round < 100; round++) {
            var damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            try {
                for (var loaded : store.load(damaged)) {
                    store.images.remove(Store.ALICE, loaded.image().id());
                    store.images.dropUnused(loaded.image().config().diffIds(), store.layers);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
            store.assertEmpty();
        }
    }

    // ---- OCI layouts

    private final Map<String, byte[]> blobs = new HashMap<>();

    /** Puts a blob into the layout and describes it. */
    private Map<String, Object> blob(String mediaType, byte[] content) {
        blobs.put(Sha256.of(content).hex(), content);
        var descriptor = new HashMap<String, Object>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", Sha256.of(content).toString());
        descriptor.put("size", content.length);
        return descriptor;
    }

    private Map<String, Object> manifest(byte[]... layers) {
        var list = new ArrayList<Map<String, Object>>();
        for (var layer : layers) list.add(blob(MediaTypes.OCI_LAYER, layer));
        return blob(
                MediaTypes.OCI_MANIFEST,
                Json.write(
                        Map.of(
                                "schemaVersion",
                                2,
                                "config",
                                blob(MediaTypes.OCI_CONFIG, CONFIG),
                                "layers",
                                list)));
    }

    private static byte[] index(Map<?, ?>... manifests) {
        return Json.write(Map.of("schemaVersion", 2, "manifests", List.of(manifests)));
    }

    private Tars.Content oci(byte[] index) {
        return t -> {
            for (var blob : blobs.entrySet()) {
                t.file("blobs/sha256/" + blob.getKey(), 0644, blob.getValue());
            }
            t.file("index.json", 0644, index);
            t.file("oci-layout", 0644, "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
        };
    }

    @Test
    void anOciLayoutIsLoadedWithItsNamesAndCompressedLayers() throws Exception {
        var one = manifest(CompressionTest.gzip(BASE), Zstd.compress(TOP));
        one.put("annotations", Map.of("io.containerd.image.name", "docker.io/library/app:1"));
        var two = new HashMap<>(one);
        two.put("annotations", Map.of("org.opencontainers.image.ref.name", "app:2"));
        var three = new HashMap<>(one);
        three.put("annotations", Map.of("org.opencontainers.image.ref.name", "latest"));
        var loaded = store.load(Tars.tar(oci(index(one, two, three))));
        assertThat(loaded.stream().flatMap(l -> l.lines().stream()))
                .containsExactly(
                        "Loaded image: app:1", "Loaded image: app:2", "Loaded image ID: " + ID);
        assertThat(store.images.list(Store.ALICE)).hasSize(1);
        assertThat(store.images.list(Store.ALICE).getFirst().size())
                .isEqualTo(BASE.length + TOP.length);
        assertThat(store.content.list()).hasSize(4);
    }

    private static Map<String, Object> platform(Map<String, Object> manifest, String architecture) {
        var with = new HashMap<>(manifest);
        with.put("platform", Map.of("os", "linux", "architecture", architecture));
        return with;
    }

    @Test
    void ofANestedIndexTheHostsPlatformIsTaken() throws Exception {
        var mine = platform(manifest(BASE, TOP), "amd64");
        var other = platform(blob(MediaTypes.OCI_MANIFEST, "broken".getBytes(UTF_8)), "arm64");
        var nested = blob(MediaTypes.OCI_INDEX, index(other, mine));
        assertThat(store.load(Tars.tar(oci(index(nested)))).getFirst().image().id())
                .hasToString(ID);
    }

    @Test
    void anArchiveForOtherPlatformsIsRefusedNamingThem() throws Exception {
        var other = platform(manifest(BASE, TOP), "s390x");
        assertRefused(
                Tars.tar(oci(index(other))), "no image for linux/amd64, only for linux/s390x");
    }

    @Test
    void deeplyNestedIndexesAreRefused() throws Exception {
        var nested = manifest(BASE, TOP);
        for (int i = 0; i < 6; i++) nested = blob(MediaTypes.OCI_INDEX, index(nested));
        assertRefused(Tars.tar(oci(index(nested))), "nested too deep");
    }

    @Test
    void anIndexThatNamesItselfIsRefusedByItsDigest() throws Exception {
        var self = blob(MediaTypes.OCI_INDEX, index());
        blobs.put(Sha256.of(index()).hex(), index(self));
        assertRefused(Tars.tar(oci(index(self))), "it is damaged");
    }

    @Test
    void aBlobWithAnotherDigestOrSizeIsRefused() throws Exception {
        var manifest = manifest(BASE, TOP);
        blobs.put(Sha256.of(TOP).hex(), BASE);
        assertRefused(Tars.tar(oci(index(manifest))), "it is damaged");
        manifest.put("size", 3);
        assertRefused(Tars.tar(oci(index(manifest))), "should have 3 bytes");
    }

    @Test
    void anAbsentBlobAnArtifactAndAForeignLayerAreRefused() throws Exception {
        var manifest = manifest(BASE, TOP);
        blobs.remove(Sha256.of(TOP).hex());
        assertRefused(Tars.tar(oci(index(manifest))), "which is not in the archive");
        var chart = blob("application/vnd.cncf.helm.config.v1+json", CONFIG);
        var artifact = Json.write(Map.of("schemaVersion", 2, "config", chart));
        assertRefused(
                Tars.tar(oci(index(blob(MediaTypes.OCI_MANIFEST, artifact)))),
                "no image but application/vnd.cncf.helm.config.v1+json");
        var foreign = blob("application/vnd.oci.image.layer.nondistributable.v1.tar", BASE);
        var windows =
                Json.write(
                        Map.of(
                                "schemaVersion",
                                2,
                                "config",
                                blob(MediaTypes.OCI_CONFIG, CONFIG),
                                "layers",
                                List.of(foreign)));
        assertRefused(Tars.tar(oci(index(blob(MediaTypes.OCI_MANIFEST, windows)))), "is foreign");
    }

    private void assertRefused(byte[] archive, String message) throws IOException {
        assertThatThrownBy(() -> store.load(archive))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
        store.assertEmpty();
    }
}
