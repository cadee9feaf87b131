package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecFifoTest {
    private static final int S_IFIFO = 0010000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private @TempDir Path directory;
    private Path fifo;
    private @Nullable Process process;

    @BeforeEach
    void makeFifo() throws IOException {
        fifo = directory.resolve("exec.fifo");
        try (var dir = Dir.open(directory)) {
            dir.mknod("exec.fifo".getBytes(UTF_8), S_IFIFO | 0600, 0, 0);
        }
    }

    @AfterEach
    void endProcess() throws Exception {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessThatWaitsForAReaderGoesOnAndTheFifoIsGone() throws Exception {
        assertThat(release("printf 0 > \"$0\"")).isTrue();
        assertThat(process().waitFor()).isZero();
        assertThat(fifo).doesNotExist();
    }

    /** On a loaded host it comes to its fifo late: who does not wait takes its byte away. */
    @Test
    void aProcessThatComesLateIsWaitedFor() throws Exception {
        assertThat(release("sleep 1; printf 0 > \"$0\"")).isTrue();
        assertThat(process().waitFor()).isZero();
        assertThat(fifo).doesNotExist();
    }

    @Test
    void aProcessThatEndsWithoutAWordIsLeftToTheRuntime() throws Exception {
        assertThat(release("sleep 0.2")).isFalse();
        assertThat(fifo).exists();
    }

    @Test
    void aProcessThatWroteAndEndedAtOnceHasStarted() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(release("exec printf 0 > \"$0\"")).isTrue();
            makeFifo();
        }
    }

    @Test
    void aProcessThatDoesNotGoOnIsAFailureThatNamesIt() throws Exception {
        assertThatThrownBy(() -> release("exec sleep 60"))
                .isInstanceOf(StartFailure.class)
                .hasMessageMatching(
                        "the container's process \\d+ was created, but did not go on in 3 seconds");
    }

    @Test
    void aFifoThatIsGoneIsLeftToTheRuntime() throws Exception {
        Files.delete(fifo);
        assertThat(release("exec sleep 60")).isFalse();
    }

    @Test
    void aProcessThatIsGoneIsLeftToTheRuntime() throws Exception {
        assertThat(release("true")).isFalse();
        process().waitFor();
        assertThat(ExecFifo.release(fifo, process().pid(), PATIENCE)).isFalse();
    }

    private boolean release(String script) throws IOException {
        process = new ProcessBuilder("sh", "-c", script, fifo.toString()).start();
        return ExecFifo.release(fifo, process.pid(), PATIENCE);
    }

    private Process process() {
        return Objects.requireNonNull(process);
    }
}
