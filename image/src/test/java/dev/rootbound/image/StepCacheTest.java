package dev.rootbound.image;

import static dev.rootbound.image.RegistryStub.bytes;
import static dev.rootbound.image.Store.ALICE;
import static dev.rootbound.image.Store.BOB;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import dev.rootbound.registry.Credentials;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistrySettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StepCacheTest {
    private static final Credentials NOBODY = new Credentials.Anonymous();
    private static final Digest KEY = Digest.of("key".getBytes(UTF_8));
    private static final Digest OWN = Digest.of("own".getBytes(UTF_8));
    private static final Instant THEN = Instant.parse("2020-01-02T03:04:05Z");
    private static final byte[] ADDED = Store.layer("added");

    @TempDir private Path dir;
    private final Registries registries =
            new Registries(new RegistrySettings(List.of(), Set.of(), List.of(), Map.of(), "test"));
    private RegistryStub registry;
    private Store here;
    private Store there;
    private Image base;
    private StepCache cache;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryStub();
        here = new Store(dir.resolve("here"));
        there = new Store(dir.resolve("there"));
        var on = there.add(ALICE, "base", "base");
        base = here.add(ALICE, "base", "base");
        commit(there, THEN).commit(ALICE, on.id(), KEY, "RUN x", out -> out.write(ADDED));
        cache = cache(Sha256.of(ADDED));
    }

    @AfterEach
    void stop() throws IOException {
        registry.close();
    }

    private static StepCache cache(Digest layer) {
        return new StepCache(List.of(new StepCache.Step(KEY, THEN, Optional.of(layer))));
    }

    private static StepCommit commit(Store store, Instant now) {
        var clock = Clock.fixed(now, ZoneOffset.UTC);
        return new StepCommit(store.images, store.content, store.layers, clock);
    }

    private Reference name() {
        return Reference.parse(registry.host() + "/cache:1");
    }

    private void push() throws IOException, InterruptedException {
        new Push(there.images, there.content, there.layers, registries)
                .run(ALICE, cache, name(), NOBODY, TransferProgress.SILENT);
    }

    private byte[] save(long tenant) throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        new StepExport(there.images, there.content, there.layers).save(tenant, cache, () -> out);
        return out.toByteArray();
    }

    private StepFiles take(StepSource from) throws IOException {
        return commit(here, Instant.EPOCH).imported(ALICE, base.id(), from, KEY, OWN, "RUN x");
    }

    private StepSource archive(byte[] tar) throws IOException {
        return StepSource.archive(
                here.images, here.content, here.layers, new ByteArrayInputStream(tar));
    }

    private StepFiles pulled() throws IOException, InterruptedException {
        try (var from = StepSource.remote(registries, name(), NOBODY)) {
            return take(from);
        }
    }

    /** A registry's manifest of one layer, as a cache that has it as another. */
    private void claims(StepCache claimed, byte[]... layers) throws IOException {
        var blobs = java.util.stream.Stream.of(layers).map(l -> registry.blob("x", l)).toList();
        var config = registry.blob(StepCache.TYPE, claimed.toJson());
        registry.manifest("1", new Manifest(MediaTypes.OCI_MANIFEST, config, blobs).toJson());
    }

    private void assertNothingTaken() throws IOException {
        assertThat(here.images.steps(ALICE)).isEmpty();
        assertThat(here.layers.layers).hasSize(1);
        assertThat(here.content.list()).as("configuration, manifest, layer").hasSize(3);
    }

    @Test
    void aStepFromARegistryIsTheSameHereAsThere() throws IOException, InterruptedException {
        push();
        var made = pulled();
        var theirs = commit(there, THEN).made(ALICE, KEY).orElseThrow();
        assertThat(made.image().id()).isEqualTo(theirs.image().id());
        assertThat(made.created()).isEqualTo(THEN);
        assertThat(here.images.steps(ALICE)).containsOnlyKeys(OWN);
        registry.asked.clear();
        pulled();
        assertThat(registry.asked("GET /v2/cache/blobs/")).as("the list only").hasSize(1);
    }

    @Test
    void aStepFromAnArchiveIsTheSameHereAsThere() throws IOException, InterruptedException {
        var tar = save(ALICE);
        assertThat(save(ALICE)).isEqualTo(tar);
        try (var from = archive(tar)) {
            assertThat(from.has(OWN)).isFalse();
            assertThat(take(from).image().diffIds())
                    .containsExactly(base.diffIds().getFirst(), Sha256.of(ADDED));
        }
        assertThat(here.content.list()).as("two images of two layers").hasSize(6);
    }

    @Test
    void whatAnotherTenantHasIsNotSaved() {
        assertThatThrownBy(() -> save(BOB)).hasMessageContaining("is gone");
    }

    @Test
    void aStepThatAddsNothingHasTheFilesBelow() throws IOException, InterruptedException {
        claims(new StepCache(List.of(new StepCache.Step(KEY, THEN, Optional.empty()))));
        assertThat(pulled().image().diffIds()).isEqualTo(base.diffIds());
    }

    @Test
    void aLayerWithOtherContentIsNotTaken() throws IOException {
        claims(cache, Store.layer("other"));
        assertThatThrownBy(this::pulled).hasMessageContaining("it is damaged");
        assertNothingTaken();
    }

    @Test
    void aBlobWithAnotherDigestIsNotTaken() throws IOException {
        claims(cache, ADDED);
        var digest = Sha256.of(ADDED).toString();
        registry.blobs.put(digest, new byte[ADDED.length]);
        assertThatThrownBy(this::pulled).isInstanceOf(IOException.class);
        assertNothingTaken();
    }

    @Test
    void aListWithAnotherDigestOrOtherLayersIsNotRead() throws IOException {
        claims(cache, ADDED, Store.layer("more"));
        assertThatThrownBy(this::pulled).hasMessageContaining("1 layers, its manifest 2");
        claims(cache, ADDED);
        registry.blobs.put(Sha256.of(cache.toJson()).toString(), new byte[cache.toJson().length]);
        assertThatThrownBy(this::pulled).isInstanceOf(MalformedException.class);
        assertNothingTaken();
    }

    @Test
    void whatIsNoCacheIsSaidToBeNone() throws IOException {
        registry.image("1", ADDED);
        assertThatThrownBy(this::pulled)
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("it is no build cache");
        var empty = Tars.tar(t -> t.file("index.json", 0644, bytes("{\"schemaVersion\":2}")));
        assertThatThrownBy(() -> archive(empty)).isInstanceOf(MalformedException.class);
        assertNothingTaken();
    }

    @Test
    void aDamagedArchiveIsNotRead() throws IOException, InterruptedException {
        var tar = save(ALICE);
        for (int at = 0; at < tar.length; at += 97) {
            var damaged = tar.clone();
            damaged[at] ^= 0x55;
            try (var from = archive(damaged)) {
                if (from.has(KEY)) assertThat(take(from).created()).isEqualTo(THEN);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void aTimeThatHistoriesCannotHaveIsRefused() {
        for (var time : List.of("+1000000000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "x")) {
            var text = "{\"steps\":[{\"key\":\"" + KEY + "\",\"created\":\"" + time + "\"}]}";
            assertThatThrownBy(() -> StepCache.parse(bytes(text)))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void ofAKeyThatIsThereTwiceTheFirstCounts() throws IOException {
        var first = cache.steps().getFirst();
        var second = new StepCache.Step(KEY, Instant.EPOCH, Optional.empty());
        var both = StepCache.parse(new StepCache(List.of(first, second)).toJson());
        assertThat(both.byKey()).containsEntry(KEY, first);
    }
}
