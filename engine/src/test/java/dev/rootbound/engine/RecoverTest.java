package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Dir;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class RecoverTest {
    private static final Caller ROOT = new Caller(new Tenant(0), 0, 0, List.of());
    private TestEngine test;

    @BeforeEach
    void open() throws IOException {
        test = new TestEngine();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var closing = test) {
            for (var caller : List.of(TestEngine.CALLER, ROOT)) {
                for (var container : closing.engine.list(caller)) {
                    test.engine.killAndDelete(caller, container.id(), false);
                }
            }
            assertThat(Leftovers.of(test)).isEmpty();
        }
    }

    @Test
    void aRunningContainerIsFoundAndItsEndIsSeen() throws Exception {
        var id = test.started(TestSpec.shell("cat; exit 6").stdin());
        var ids = test.inspect(id).ids();
        test.reopen();
        assertThat(test.inspect(id).isRunning()).isTrue();
        assertThat(test.pool.leased()).isEqualTo(1);
        var other = test.started(TestSpec.of("sleep", "1000"));
        assertThat(test.inspect(other).ids()).isNotEqualTo(ids);
        test.attach(id, true).attached().endInput();
        assertThat(test.waitFor(id)).isEqualTo(6);
    }

    @Test
    void anEndThatNoEngineSawIsKnown() throws Exception {
        var id = test.started(TestSpec.shell("sleep 0.3; exit 8"));
        test.engine.close();
        test.awaitEndOf(id);
        var late = Instant.now();
        Thread.sleep(50); // its end is not taken for now
        test.reopen();
        assertThat(test.waitFor(id)).isEqualTo(8);
        assertThat(((ContainerState.Exited) test.inspect(id).state()).at()).isBefore(late);
        assertThat(Leftovers.of(test)).isEmpty();
        test.start(id);
        assertThat(test.waitFor(id)).isEqualTo(8);
    }

    @Test
    void anAutoRemovedContainerThatEndedMeanwhileIsRemoved() throws Exception {
        var id = test.started(TestSpec.shell("sleep 0.2").removed());
        test.engine.close();
        test.awaitEndOf(id);
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
        assertThatThrownBy(() -> test.inspect(id)).isInstanceOf(EngineException.NotFound.class);
    }

    @Test
    void whatWasBeingWrittenIsRemoved() throws Exception {
        var id = test.create(TestSpec.of("true"));
        var unfinished = test.root.resolve("containers").resolve(id).resolve(".container.json.tmp");
        Files.writeString(unfinished, "{");
        test.reopen();
        assertThat(unfinished).doesNotExist();
        assertThat(test.inspect(id).state()).isInstanceOf(ContainerState.Created.class);
        test.engine.delete(TestEngine.CALLER, id, false);
    }

    @Test
    void aStartThatWasNotFinishedIsUndone() throws Exception {
        var id = test.create(TestSpec.of("sleep", "1000"));
        var created = test.inspect(id);
        test.start(id);
        StateFile.write(test.root.resolve("containers").resolve(id), created);
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
        test.start(id);
    }

    @Test
    void aProcessThatWasNeverStartedDoesNotRun() throws Exception {
        var real = test.tools;
        test.replaceRuntime(
                "case \" $* \" in *' start '*) exit 0;; esac\nexec %s \"$@\""
                        .formatted(real.runtime()));
        var id = test.started(TestSpec.of("sleep", "1000"));
        test.tools = real;
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
        assertThat(test.inspect(id).isRunning()).isFalse();
        test.start(id);
    }

    @Test
    void whatADeletedContainerLeftIsRemoved() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        Life.removeDirectory(test.root.resolve("containers").resolve(id));
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
        assertThat(test.root.resolve("store/c").resolve(id)).doesNotExist();
    }

    /** What a disk may make of a state file. */
    static void damage(TestEngine test, String id) throws IOException {
        Files.writeString(state(test, id), "null");
    }

    private static Path state(TestEngine test, String id) {
        return directory(test, id).resolve("container.json");
    }

    private static Path directory(TestEngine test, String id) {
        return test.root.resolve("containers").resolve(id);
    }

    private String isDead(Caller caller, String id) {
        var state = test.engine.inspect(caller, id).state();
        assertThat(state).isInstanceOf(ContainerState.Dead.class);
        assertThatThrownBy(() -> test.engine.start(caller, id))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("can only be removed");
        return ((ContainerState.Dead) state).reason();
    }

    @Test
    void aContainerWhoseStateIsDamagedIsSetAsideWithTheReason() throws Exception {
        var damaged = test.create(TestSpec.of("true"));
        var other = test.create(TestSpec.of("true"));
        var text = Files.readString(state(test, damaged));
        damage(test, damaged);
        test.reopen();
        test.start(other);
        assertThat(test.waitFor(other)).isZero();
        assertThat(isDead(ROOT, damaged)).contains("container.json");
        for (ThrowingCallable change :
                List.<ThrowingCallable>of(
                        () -> test.engine.rename(ROOT, damaged, "other"),
                        () -> test.engine.setRestartPolicy(ROOT, damaged, RestartPolicy.NO),
                        () -> test.engine.usage().update(ROOT, damaged, Resources.DEFAULT))) {
            assertThatThrownBy(change)
                    .isInstanceOf(EngineException.Conflict.class)
                    .hasMessageContaining("is dead and can only be removed");
        }
        assertThat(Files.readString(state(test, damaged))).isEqualTo("null");
        Files.writeString(state(test, damaged), text); // nothing of it was removed
        test.reopen();
        test.start(damaged);
        assertThat(test.waitFor(damaged)).isZero();
    }

    @Test
    void aContainerThatRunsWhileItsStateIsDamagedKeepsItsIdsUntilItIsRemoved() throws Exception {
        test.blocks = 2;
        test.reopen();
        var damaged = test.started(TestSpec.of("sleep", "1000"));
        var ids = test.inspect(damaged).ids();
        damage(test, damaged);
        test.reopen();
        isDead(ROOT, damaged);
        var other = test.started(TestSpec.of("sleep", "1000"));
        assertThat(test.inspect(other).ids()).isNotEqualTo(ids);
        var third = test.create(TestSpec.of("true"));
        assertThatThrownBy(() -> test.start(third)).hasMessageContaining("no ids");
        assertThatThrownBy(() -> test.engine.delete(ROOT, damaged, false))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("may still run");
        test.engine.killAndDelete(ROOT, damaged, false);
        test.engine.killAndDelete(TestEngine.CALLER, other, false);
        assertThat(Leftovers.of(test)).isEmpty();
        assertThat(test.root.resolve("store/c").resolve(damaged)).doesNotExist();
    }

    @Test
    void aContainerThatCannotBeRecoveredIsSetAsideAndCanBeRemoved() throws Exception {
        var real = test.tools;
        var id = test.create(TestSpec.of("sleep", "1000"));
        var created = test.inspect(id);
        test.start(id);
        StateFile.write(directory(test, id), created);
        var fault = Files.createFile(test.top.resolve("fault"));
        test.replaceRuntime(
                "case \" $* \" in *' delete '*) [ -e %s ] && echo broken && exit 1;; esac\nexec %s \"$@\""
                        .formatted(fault, real.runtime()));
        assertThat(isDead(TestEngine.CALLER, id)).contains("broken");
        assertThatThrownBy(() -> test.engine.killAndDelete(TestEngine.CALLER, id, false))
                .hasMessageContaining("broken");
        isDead(TestEngine.CALLER, id);
        Files.delete(fault);
        test.engine.killAndDelete(TestEngine.CALLER, id, false);
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void anEndThatCouldNotBeGivenBackIsGivenBackWithTheContainer() throws Exception {
        var real = test.tools;
        var fault = Files.createFile(test.top.resolve("fault"));
        test.replaceRuntime(
                "case \" $* \" in *' delete '*) [ -e %s ] && echo broken && exit 1;; esac\nexec %s \"$@\""
                        .formatted(fault, real.runtime()));
        var id = test.started(TestSpec.shell("exit 9"));
        assertThat(test.waitFor(id)).isEqualTo(9);
        assertThat(test.pool.leased()).isEqualTo(1);
        Files.delete(fault);
        test.engine.delete(TestEngine.CALLER, id, false);
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void whatARemovalThatWasKilledLeftIsRemoved() throws Exception {
        var id = test.create(TestSpec.of("true"));
        var directory = directory(test, id);
        // below a tree that is being removed: Dir.removeTree's names
        for (var parent : List.of(directory, test.root.resolve("store/c").resolve(id))) {
            var left = Path.of(parent + Dir.REMOVED + "4711-0");
            Files.createDirectories(left.resolve("below"));
            Files.copy(state(test, id), left.resolve("container.json"));
        }
        var started = test.started(TestSpec.of("sleep", "1000"));
        Files.createDirectories(
                test.run.resolve("c").resolve(started + Dir.REMOVED + "4711-0").resolve("rootfs"));
        test.reopen();
        assertThat(test.inspect(started).isRunning()).isTrue();
        assertThat(test.engine.list(TestEngine.CALLER)).hasSize(2);
        for (var name : List.of("root/containers", "root/store/c", "run/c")) {
            try (var all = Files.list(test.top.resolve(name))) {
                assertThat(all).noneMatch(path -> path.toString().contains(Dir.REMOVED));
            }
        }
    }

    @Test
    void theRuntimesStateOfAContainerThatIsGoneIsRemoved() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        test.engine.close();
        try (var containers = Dir.open(test.root.resolve("containers"));
                var bundles = Dir.open(test.run.resolve("c"))) {
            new BundleDirectory(new Bundle(id, test.run.resolve("c").resolve(id))).close();
            containers.removeTree(id.getBytes(UTF_8));
            assertThat(bundles.names()).isEmpty();
        }
        // a runtime that was killed while it made a container
        Files.createDirectories(test.run.resolve("runtime").resolve("f".repeat(64)));
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void aSecondEngineOnTheSameDirectoriesIsRefused() {
        assertThatThrownBy(() -> LocalEngine.open(test.parts()))
                .isInstanceOf(IOException.class)
                .hasMessage("another engine runs on " + test.root);
    }
}
