package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LogChangesTest {
    private final LogChanges changes = new LogChanges();
    private @TempDir Path directory;
    private Path log;

    @BeforeEach
    void name() {
        log = directory.resolve("a.log");
    }

    /** How long a follower that begins to wait now waits, while the step is taken. */
    private Duration waits(LogChanges.Follower follower, Step step) throws Exception {
        var times = new ArrayList<Duration>();
        for (int i = 0; i < 5; i++) {
            follower.await(); // what came before
            follower.await();
            Instant[] done = new Instant[1];
            var waiting =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    follower.await();
                                    done[0] = Instant.now();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            Thread.sleep(10);
            var before = Instant.now();
            step.take();
            waiting.join();
            times.add(Duration.between(before, done[0]));
        }
        times.sort(null);
        return times.get(times.size() / 2);
    }

    /** What may wake. */
    private interface Step {
        void take() throws Exception;
    }

    @Test
    void aLineWakesAtOnceAndSilenceDoesNot() throws Exception {
        Files.createFile(log);
        try (var out = Files.newOutputStream(log);
                var one = changes.follow(log);
                var two = changes.follow(log)) {
            for (var follower : new LogChanges.Follower[] {one, two}) {
                assertThat(waits(follower, () -> out.write('a'))).isLessThan(Duration.ofMillis(20));
                assertThat(waits(follower, () -> {})).isGreaterThan(Duration.ofMillis(60));
            }
        }
    }

    @Test
    void whoLeavesTakesNothingFromTheOthers() throws Exception {
        try (var stays = changes.follow(log)) {
            changes.follow(log).close();
            assertThat(waits(stays, () -> Files.writeString(log, "x")))
                    .isLessThan(Duration.ofMillis(20));
        }
        try (var again = changes.follow(log)) {
            assertThat(waits(again, () -> Files.writeString(log, "x")))
                    .isLessThan(Duration.ofMillis(20));
        }
    }

    @Test
    void aFileThatIsRenamedAwayOrMadeWakes() throws Exception {
        try (var follower = changes.follow(log)) {
            assertThat(
                            waits(
                                    follower,
                                    () -> {
                                        Files.deleteIfExists(directory.resolve("b"));
                                        Files.createFile(log);
                                        Files.move(log, directory.resolve("b"));
                                    }))
                    .isLessThan(Duration.ofMillis(20));
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsLookedAtOften() throws Exception {
        try (var follower = changes.follow(directory.resolve("gone/a.log"))) {
            assertThat(waits(follower, () -> {})).isLessThan(Duration.ofMillis(50));
        }
    }
}
