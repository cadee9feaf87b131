package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.Lease;
import dev.rootbound.runtime.LogChanges;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ContainerLogTest {
    private final ContainerEntry entry = TestContainers.entry("a".repeat(64), "a", 1);

    private ContainerLog follow(Instant until, Instant now) throws Exception {
        var running = new ContainerState.Running(1, 1, TestContainers.NOW, Lease.Kind.OWN);
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
    void whatIsWrittenAfterTheRequestIsNotInAnAnswerThatDoesNotFollow(@TempDir Path directory)
            throws Exception {
        var file = Files.createFile(directory.resolve("x.log"));
        var streams = Set.of(Engine.Stream.STDOUT);
        var query = new Engine.LogQuery(streams, false, null, null, -1);
        var spec = TestSpec.of("true").build();
        var container = TestContainers.of("a".repeat(64), "a", 1, spec, file);
        var written = new ContainerEntry(container, directory);
        var now = Clock.systemUTC();
        Files.writeString(file, Instant.now().minusMillis(1) + " stdout F one\n");
        try (var log = ContainerLog.open(written, query, new LogChanges(), now)) {
            assertThat(log.next()).isPresent();
            Files.writeString(file, Instant.now() + " stdout F two\n", StandardOpenOption.APPEND);
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
