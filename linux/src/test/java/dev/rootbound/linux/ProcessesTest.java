package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    @Test
    void aLaterProcessWithTheSamePidIsNotKilled() throws Exception {
        var sleep = new ProcessBuilder("sleep", "60").start();
        long start = Processes.startTime(sleep.pid()).orElseThrow();
        assertThat(Processes.kill(sleep.pid(), start + 1, 9)).isFalse();
        assertThat(sleep.isAlive()).isTrue();
        assertThat(Processes.kill(sleep.pid(), start, 9)).isTrue();
        assertThat(sleep.waitFor()).isEqualTo(137);
        assertThat(Processes.kill(sleep.pid(), start, 9)).isFalse();
    }

    @Test
    void aProcessThatHasAnyBytesForANameIsFoundAndKilled(@TempDir Path directory) throws Exception {
        var script =
                "printf '\\377\\rUid:\\t0\\t0' > /proc/$$/comm; echo; while :; do sleep 1; done";
        var shell = new ProcessBuilder("sh", "-c", script, directory.toString()).start();
        assertThat(shell.getInputStream().read()).isEqualTo('\n');
        assertThat(Processes.startTime(shell.pid())).isPresent();
        Processes.killNaming(directory);
        assertThat(shell.waitFor()).isEqualTo(137);
    }

    @Test
    void theEndOfAProcessIsSeen() throws Exception {
        var sleep = new ProcessBuilder("sleep", "0.1").start();
        try (var fd = Processes.pidfd(sleep.pid())) {
            Processes.awaitEnd(fd);
            assertThat(Processes.startTime(sleep.pid())).isEmpty();
        }
    }
}
