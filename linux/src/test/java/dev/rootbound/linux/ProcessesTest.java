package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
    void theEndOfAProcessIsSeen() throws Exception {
        var sleep = new ProcessBuilder("sleep", "0.1").start();
        try (var fd = Processes.pidfd(sleep.pid())) {
            Processes.awaitEnd(fd);
            assertThat(Processes.startTime(sleep.pid())).isEmpty();
        }
    }
}
