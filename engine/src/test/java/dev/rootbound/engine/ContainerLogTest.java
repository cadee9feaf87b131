package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.runtime.LogChanges;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ContainerLogTest {
    private final ContainerEntry entry = TestContainers.entry("a".repeat(64), "a", 1);

    private ContainerLog follow(Instant until, Instant now) throws Exception {
        var running = new ContainerState.Running(1, 1, TestContainers.NOW);
        entry.become(entry.container().with(running, null, null));
        var streams = Set.of(Engine.Stream.STDOUT);
        return ContainerLog.open(
                entry,
                new Engine.LogQuery(streams, true, null, until, -1),
                new LogChanges(),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void untilIsOverByTheEnginesClock() throws Exception {
        var until = Instant.now().plus(Duration.ofDays(9));

        try (var log = follow(until, until.plusSeconds(1))) {
            assertThat(log.next()).isEmpty();
        }
    }

    @Test
    void aLogThatNobodyWritesEndsWhenItsReaderCloses() throws Exception {
        try (var log = follow(TestContainers.NOW, TestContainers.NOW)) {
            Runnable close = log::close;
            var closing =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Thread.sleep(200);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                                close.run();
                            });
            assertThat(log.next()).isEmpty();
            assertThat(closing.isAlive() && !closing.join(Duration.ofMillis(100))).isFalse();
        }
    }
}
