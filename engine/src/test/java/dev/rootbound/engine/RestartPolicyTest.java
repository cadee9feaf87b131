package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.RestartPolicy.When;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartPolicyTest {
    private static final Instant NOW = TestContainers.NOW;
    private final Restarts restarts = new Restarts(Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @CsvSource({
        // policy, retries, code, restarts, asked: again? with the next engine?
        "NO, 0, 1, 0, false, false, false",
        "ON_FAILURE, 0, 0, 0, false, false, false",
        "ON_FAILURE, 0, 1, 1000, false, true, true",
        "ON_FAILURE, 2, 1, 1, false, true, true",
        "ON_FAILURE, 2, 1, 2, false, false, false",
        "ON_FAILURE, 0, 137, 0, true, false, false",
        "ALWAYS, 0, 0, 1000, false, true, true",
        "ALWAYS, 0, 0, 0, true, false, true",
        "UNLESS_STOPPED, 0, 0, 1000, false, true, true",
        "UNLESS_STOPPED, 0, 0, 0, true, false, false",
    })
    void aPolicyDecidesByTheEnd(
            When when,
            int retries,
            int code,
            int before,
            boolean asked,
            boolean again,
            boolean withEngine) {
        var policy = new RestartPolicy(when, retries);
        assertThat(policy.restarts(code, before, asked)).isEqualTo(again);
        assertThat(policy.restartsWithEngine(code, before, asked)).isEqualTo(withEngine);
    }

    @Test
    void retriesAreCountedAfterFailuresOnly() {
        assertThatThrownBy(() -> new RestartPolicy(When.ALWAYS, 1)).hasMessageContaining("only");
        assertThatThrownBy(() -> new RestartPolicy(When.ON_FAILURE, -1))
                .hasMessageContaining("negative");
    }

    @Test
    void theDelayDoublesToAMinuteAndBeginsAgainAfterAGoodRun() {
        var delays = new ArrayList<Long>();
        var backoff = Backoff.NONE;
        for (int i = 0; i < 12; i++) {
            backoff = backoff.after(Duration.ofMillis(9999));
            delays.add(backoff.delay().toMillis());
        }
        assertThat(delays)
                .containsExactly(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 51200L, 60000L,
                        60000L);
        assertThat(backoff.after(Duration.ofSeconds(10)).delay()).isEqualTo(Duration.ofMillis(100));
    }

    private static ContainerEntry entry(RestartPolicy policy) {
        var spec = TestSpec.of("true");
        spec.restart = policy;
        return new ContainerEntry(
                TestContainers.of("a".repeat(64), "n", 0, spec.build()), Path.of("/nowhere"));
    }

    private static ContainerState.Exited failed() {
        return new ContainerState.Exited(1, false, NOW.minusSeconds(1), NOW, null);
    }

    @Test
    void anEndIsCountedAndItsRestartDueAfterTheDelay() {
        var entry = entry(new RestartPolicy(When.ON_FAILURE, 2));
        for (int delay : List.of(100, 200)) {
            entry.become(restarts.ended(entry, failed()));
            assertThat(entry.container().state())
                    .isEqualTo(new ContainerState.Restarting(failed(), NOW.plusMillis(delay)));
        }
        assertThat(entry.container().restarts()).isEqualTo(2);
        entry.become(restarts.ended(entry, failed()));
        assertThat(entry.container().state()).isEqualTo(failed());
        assertThat(entry.container().restarts()).isEqualTo(2);
    }

    @Test
    void aNewEngineStartsWhatIsAlwaysToRunAndNothingThatNeverRan() {
        var stopped = entry(new RestartPolicy(When.ALWAYS, 0)).container().withStopAsked(true);
        var found = restarts.found(stopped.with(failed(), null, null));
        assertThat(found.state()).isEqualTo(new ContainerState.Restarting(failed(), NOW));
        assertThat(found.stopAsked()).isFalse();
        assertThat(restarts.found(stopped)).isEqualTo(stopped);
        var never = stopped.with(new ContainerState.Exited(127, false, NOW, NOW, "no"), null, null);
        assertThat(restarts.found(never)).isEqualTo(never);
        var since = ContainerState.Exited.unstarted(failed(), 128, NOW.plusSeconds(9), "disk full");
        assertThat(since.startedAt()).isEqualTo(failed().startedAt());
        var again = restarts.found(stopped.with(since, null, null));
        assertThat(again.state()).isEqualTo(new ContainerState.Restarting(since, NOW));
    }
}
