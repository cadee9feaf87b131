package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class RecoverTest {
    private TestEngine test;

    @BeforeEach
    void open() throws IOException {
        test = new TestEngine();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var closing = test) {
            for (var container : closing.engine.list(TestEngine.CALLER)) {
                test.engine.killAndDelete(TestEngine.CALLER, container.id());
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
        Thread.sleep(700);
        test.reopen();
        assertThat(test.waitFor(id)).isEqualTo(8);
        assertThat(Leftovers.of(test)).isEmpty();
        test.start(id);
        assertThat(test.waitFor(id)).isEqualTo(8);
    }

    @Test
    void anAutoRemovedContainerThatEndedMeanwhileIsRemoved() throws Exception {
        var id = test.started(TestSpec.shell("sleep 0.2").removed());
        test.engine.close();
        Thread.sleep(500);
        test.reopen();
        assertThat(Leftovers.of(test)).isEmpty();
        assertThatThrownBy(() -> test.inspect(id)).isInstanceOf(EngineException.NotFound.class);
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

    @Test
    void aDamagedContainerDoesNotKeepTheEngineFromTheOthers() throws Exception {
        var damaged = test.create(TestSpec.of("true"));
        var other = test.create(TestSpec.of("true"));
        var file = test.root.resolve("containers").resolve(damaged).resolve("container.json");
        var text = Files.readString(file);
        Files.writeString(file, "null");
        test.reopen();
        assertThat(test.inspect(other).id()).isEqualTo(other);
        assertThatThrownBy(() -> test.inspect(damaged)).isInstanceOf(EngineException.class);
        Files.writeString(file, text); // nothing of it was removed
        test.reopen();
        test.start(damaged);
        assertThat(test.waitFor(damaged)).isZero();
    }

    @Test
    void aSecondEngineOnTheSameDirectoriesIsRefused() {
        assertThatThrownBy(() -> LocalEngine.open(test.parts()))
                .isInstanceOf(IOException.class)
                .hasMessage("another engine runs on " + test.root);
    }
}
