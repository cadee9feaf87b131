package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GetentTest {
    @Test
    void whoIsAskedForIsTold() throws IOException {
        assertThat(Getent.lines("passwd", "0")).hasSize(1).first().asString().contains(":x:0:0:");
        assertThat(Getent.lines("passwd", "-no user")).isEmpty();
    }

    @Test
    void aDirectoryThatDoesNotAnswerIsGivenUp() {
        var silent = List.of("sleep", "60");
        assertThatThrownBy(() -> Getent.lines(silent, Duration.ofMillis(50)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sleep 60: no answer within");
    }
}
