package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepCommitTest {
    private static final Digest KEY = Digest.of("key".getBytes(UTF_8));
    private static final Digest NEXT = Digest.of("next".getBytes(UTF_8));

    @TempDir private Path dir;
    private Store store;
    private StepCommit steps;
    private Image base;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        base = store.add(Store.ALICE, "base", "base");
        var clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        steps = new StepCommit(store.images, store.content, store.layers, clock);
    }

    private Digest commit(Digest below, Digest key, String layer) throws IOException {
        var tar = Store.layer(layer);
        return steps.commit(Store.ALICE, below, key, layer, out -> out.write(tar)).image().id();
    }

    @Test
    void aStepWhoseKeyAnotherHasIsStillThereForWhoHasIt() throws IOException {
        var first = commit(base.id(), KEY, "first");
        var second = commit(base.id(), KEY, "second");
        assertThat(steps.made(Store.ALICE, KEY)).map(made -> made.image().id()).contains(second);
        assertThat(commit(first, NEXT, "on the first")).isNotEqualTo(second);
        assertThat(store.images.replacedSteps(Store.ALICE)).containsExactly(first);
        var unused = store.images.removeSteps(Store.ALICE, List.of(first));
        assertThat(unused).as("the next has it").isEmpty();
        assertThat(store.images.find(Store.ALICE, first.toString())).isEmpty();
        assertThat(store.images.removeSteps(Store.ALICE, List.of(KEY, NEXT))).hasSize(3);
    }

    /** Otherwise no two engines would ever share what they have built. */
    @Test
    void aStepHasTheSameConfigurationInEachJvm() throws IOException {
        var step = commit(base.id(), KEY, "first");
        var raw = new String(store.content.document(step), UTF_8);
        assertThat(raw).startsWith("{\"architecture\":").contains("\"os\":");
        assertThat(raw)
                .containsPattern("\"rootfs\":\\{\"diff_ids\":\\[[^]]*],\"type\":\"layers\"}}$");
    }

    @Test
    void aStepThatMakesTheSameAgainReplacesNothing() throws IOException {
        var first = commit(base.id(), KEY, "first");
        assertThat(commit(base.id(), KEY, "first")).isEqualTo(first);
        assertThat(store.images.replacedSteps(Store.ALICE)).isEmpty();
        assertThat(store.images.steps(Store.ALICE)).containsOnlyKeys(KEY);
    }
}
