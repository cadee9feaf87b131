package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecFifoTest {
    private static final int S_IFIFO = 0010000;

    private @TempDir Path directory;
    private Path fifo;

    @BeforeEach
    void makeFifo() throws IOException {
        fifo = directory.resolve("exec.fifo");
        try (var dir = Dir.open(directory)) {
            dir.mknod("exec.fifo".getBytes(UTF_8), S_IFIFO | 0600, 0, 0);
        }
    }

    @Test
    void aProcessThatWaitsForAReaderGoesOnAndTheFifoIsGone() throws Exception {
        var waiting = new ProcessBuilder("sh", "-c", "echo -n 0 > \"$0\"", fifo.toString()).start();
        assertThat(ExecFifo.release(fifo)).isTrue();
        assertThat(waiting.waitFor()).isZero();
        assertThat(fifo).doesNotExist();
    }

    @Test
    void withoutAnyProcessItIsLeftToTheRuntime() throws IOException {
        assertThat(ExecFifo.release(fifo)).isFalse();
        assertThat(fifo).exists();
    }

    @Test
    void aFifoThatIsGoneIsLeftToTheRuntime() throws IOException {
        Files.delete(fifo);
        assertThat(ExecFifo.release(fifo)).isFalse();
    }
}
