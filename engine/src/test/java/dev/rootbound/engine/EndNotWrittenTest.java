package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A container's end that the disk does not take is not lost. */
@Tag("kernel")
@Timeout(60)
class EndNotWrittenTest {
    private TestEngine test;
    private String id = "";
    private Path directory = Path.of("");

    @BeforeEach
    void aContainerEndsAndItsStateCannotBeWritten() throws Exception {
        test = new TestEngine();
        id = test.started(TestSpec.shell("read line; exit 7").stdin());
        directory = test.root.resolve("containers").resolve(id);
        Files.createDirectories(obstacle().resolve("full"));
        test.attach(id, true).attached().endInput();
        assertThat(test.waitFor(id)).isEqualTo(7);
    }

    private Path obstacle() {
        return directory.resolve(".container.json.tmp");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var closing = test) {
            for (var container : closing.engine.list(TestEngine.CALLER)) {
                test.engine.killAndDelete(TestEngine.CALLER, container.id(), false);
            }
            assertThat(Leftovers.of(test)).isEmpty();
        }
    }

    private void isKnown() {
        assertThat(test.inspect(id).state())
                .isInstanceOfSatisfying(
                        ContainerState.Exited.class,
                        exited -> assertThat(exited.code()).isEqualTo(7));
    }

    @Test
    void itIsWrittenWhenThatWorksAgain() throws Exception {
        isKnown();
        Files.delete(obstacle().resolve("full"));
        Files.deleteIfExists(obstacle());
        for (int i = 0; i < 100 && isRunningOnDisk(); i++) {
            Thread.sleep(50);
        }
        assertThat(isRunningOnDisk()).isFalse();
        assertThat(Leftovers.of(test)).isEmpty();
        test.reopen();
        isKnown();
    }

    private boolean isRunningOnDisk() throws IOException {
        return StateFile.read(directory).isRunning();
    }

    @Test
    void theNextEngineKnowsItToo() throws Exception {
        test.reopen(); // still not
        isKnown();
        Files.delete(obstacle().resolve("full"));
        Files.deleteIfExists(obstacle());
        test.reopen();
        isKnown();
        assertThat(Leftovers.of(test)).isEmpty();
        test.reopen();
        isKnown();
    }

    @Test
    void theContainerStartsAgainWhenThatWorks() throws Exception {
        Files.delete(obstacle().resolve("full"));
        Files.deleteIfExists(obstacle());
        test.start(id);
        assertThat(test.inspect(id).isRunning()).isTrue();
    }
}
