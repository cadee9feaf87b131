package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class HousekeepingTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final Caller OTHER =
            new Caller(new dev.rootbound.idmap.Tenant(54322), 54322, 54322, List.of());

    @AutoClose private final TestEngine test = TestEngine.open();

    private List<String> changes(String id) {
        return test.engine.files().changes(CALLER, id).stream()
                .map(c -> c.kind() + " " + c.path())
                .toList();
    }

    @Test
    void aContainersChangesAreSeenWhileItRunsAndAfterwards() throws Exception {
        var id = test.create(TestSpec.shell("echo x > /made; rm /etc/group; sleep 1000"));
        assertThat(changes(id)).isEmpty();
        test.start(id);
        for (int i = 0; i < 100 && changes(id).size() < 3; i++) {
            Thread.sleep(20);
        }
        assertThat(changes(id)).contains("DELETED /etc/group", "ADDED /made");
        test.engine.kill(CALLER, id, "KILL");
        assertThat(test.waitFor(id)).isEqualTo(137);
        assertThat(changes(id)).contains("DELETED /etc/group", "ADDED /made");
        assertThatThrownBy(() -> test.engine.files().changes(OTHER, id))
                .isInstanceOf(EngineException.NotFound.class);
    }

    @Test
    void whatIsExportedCanBeImportedAndRun() throws Exception {
        var id = test.started(TestSpec.shell("echo precious > /made"));
        assertThat(test.waitFor(id)).isZero();
        var tar = new ByteArrayOutputStream();
        test.engine.files().export(CALLER, id, tar);
        test.engine.importImage(
                CALLER, new ByteArrayInputStream(tar.toByteArray()), "copy", "", List.of());
        var spec = TestSpec.shell("cat /made");
        spec.image = "copy";
        var copy = test.create(spec);
        var client = test.attach(copy, false);
        test.start(copy);
        assertThat(client.end().out()).isEqualTo("precious\n");
    }

    @Test
    void onePruneAtATime() {
        test.create(TestSpec.of("true"));
        var house = test.engine.housekeeping();
        assertThatThrownBy(() ->
                        house.pruneContainers(
                                CALLER,
                                _ -> !house.pruneContainers(CALLER, _ -> true).ids().isEmpty()))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessage("a prune operation is already running");
        assertThat(house.pruneContainers(CALLER, _ -> false).ids()).isEmpty();
    }

    @Test
    void anExportWhoseContainerGoesIsNotTakenForAll() {
        var id = test.create(TestSpec.of("true"));
        var deleting =
                new OutputStream() {
                    private boolean done;

                    @Override
                    public void write(int b) {
                        if (!done) {
                            done = true;
                            test.engine.delete(CALLER, id, false);
                        }
                    }
                };
        assertThatThrownBy(() -> test.engine.files().export(CALLER, id, deleting))
                .isInstanceOf(EngineException.Failed.class);
    }

    @Test
    void aPruneTakesWhatDoesNotRunAndSaysWhatThatGives() throws Exception {
        var runs = test.started(TestSpec.of("sleep", "1000"));
        var ended = test.started(TestSpec.shell("head -c 4096 /dev/zero > /made"));
        assertThat(test.waitFor(ended)).isZero();
        var kept = test.create("kept", TestSpec.of("true"));
        var house = test.engine.housekeeping();
        assertThat(house.size(CALLER, ended).written()).isEqualTo(4096);
        assertThat(house.pruneContainers(OTHER, _ -> true).ids()).isEmpty();
        var pruned = house.pruneContainers(CALLER, c -> !c.name().equals("kept"));
        assertThat(pruned.ids()).containsExactly(ended);
        assertThat(pruned.reclaimed()).isEqualTo(4096);
        assertThat(test.engine.list(CALLER))
                .extracting(Container::id)
                .containsExactlyInAnyOrder(runs, kept);
    }

    @Test
    void anImageIsPrunedOnlyWhenNoContainerHasIt() throws Exception {
        var id = test.create(TestSpec.of("true"));
        test.engine.tag(CALLER, "rootbound/busybox", "second:name");
        var house = test.engine.housekeeping();
        var use = house.images(CALLER).getFirst();
        assertThat(use.containers()).isEqualTo(1);
        assertThat(house.layers(CALLER)).isEqualTo(use.image().size()).isPositive();
        assertThat(house.size(CALLER, id).root()).isEqualTo(use.image().size());
        assertThat(house.pruneImages(CALLER, _ -> true).removals()).isEmpty();
        test.engine.delete(CALLER, id, false);
        assertThat(house.pruneImages(CALLER, _ -> false).removals()).isEmpty();
        var pruned = house.pruneImages(CALLER, _ -> true);
        assertThat(pruned.removals()).hasSize(4);
        assertThat(pruned.reclaimed()).isEqualTo(use.image().size());
        assertThat(test.engine.images(CALLER)).isEmpty();
    }
}
