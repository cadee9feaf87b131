package dev.rootbound.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.Health.Status;
import dev.rootbound.oci.ImageConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Instant STARTED = TestContainers.NOW;
    private static final HealthCheck CHECK = check(2, 10);

    private static HealthCheck check(int retries, int startPeriod) {
        return new HealthCheck(
                List.of("CMD", "probe"),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(startPeriod),
                Duration.ofSeconds(2),
                retries,
                List.of());
    }

    private static Health after(Health health, int second, int code) {
        var start = STARTED.plusSeconds(second);
        return health.after(
                new Health.Result(start, start.plusMillis(5), code, "at " + second),
                CHECK,
                STARTED);
    }

    @Test
    void failuresInARowMakeItUnhealthyAndOneSuccessHealthy() {
        var once = after(Health.STARTING, 20, 1);
        assertThat(once.status()).isEqualTo(Status.STARTING);
        var twice = after(once, 21, -1);
        assertThat(twice.status()).isEqualTo(Status.UNHEALTHY);
        assertThat(twice.failures()).isEqualTo(2);
        var well = after(twice, 22, 0);
        assertThat(well.status()).isEqualTo(Status.HEALTHY);
        assertThat(well.failures()).isZero();
        assertThat(after(well, 23, 1).status()).isEqualTo(Status.HEALTHY);
    }

    @Test
    void failuresInTheStartPeriodDoNotCountUntilTheFirstSuccess() {
        var starting = after(after(after(Health.STARTING, 1, 1), 2, 1), 9, 1);
        assertThat(starting.status()).isEqualTo(Status.STARTING);
        assertThat(starting.failures()).isZero();
        assertThat(after(starting, 10, 1).failures()).isEqualTo(1);
        var well = after(starting, 3, 0);
        assertThat(after(after(well, 4, 1), 5, 1).status()).isEqualTo(Status.UNHEALTHY);
    }

    @Test
    void theStartIntervalIsForTheStartPeriodUntilTheFirstSuccess() {
        var second = Duration.ofSeconds(2);
        assertThat(Health.STARTING.untilNext(CHECK, STARTED, STARTED)).isEqualTo(second);
        assertThat(Health.STARTING.untilNext(CHECK, STARTED, STARTED.plusSeconds(10)))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(after(Health.STARTING, 1, 0).untilNext(CHECK, STARTED, STARTED.plusSeconds(2)))
                .isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theLastFiveResultsAreKept() {
        var health = Health.STARTING;
        for (int second : IntStream.range(0, 8).toArray()) {
            health = after(health, second, 0);
        }
        assertThat(health.log())
                .extracting(Health.Result::output)
                .containsExactly("at 3", "at 4", "at 5", "at 6", "at 7");
        assertThat(health.restarted()).isEqualTo(new Health(Status.STARTING, 0, health.log()));
    }

    @Test
    void theBeginningOfAProbesOutputIsKept() {
        var output = new ProbeOutput();
        output.write(Engine.Stream.STDOUT, new byte[5000], 0, 4095);
        output.write(
                Engine.Stream.STDERR,
                "xyz".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                0,
                3);
        assertThat(output.text()).hasSize(4096 + 3).endsWith("x...");
        assertThat(new ProbeOutput().after("late")).isEqualTo("late");
    }

    @Test
    void aTimeoutIsToldAsGoDoes() {
        assertThat(HealthProbes.timeoutText(Duration.ofMillis(250))).endsWith("(250ms)");
        assertThat(HealthProbes.timeoutText(Duration.ofMillis(1500))).endsWith("(1.5s)");
        assertThat(HealthProbes.timeoutText(Duration.ofSeconds(10))).endsWith("(10s)");
    }

    private static @Nullable HealthCheck completed(
            @Nullable HealthCheck own, ImageConfig.@Nullable Healthcheck image) {
        var spec = TestSpec.of("true");
        spec.health = own;
        var none = List.<String>of();
        var defaults =
                new ImageConfig.Defaults(
                        "", none, none, none, "", Map.of(), none, none, "", image, List.of("/sh"));
        return ImageDefaults.complete(spec.build(), defaults, "a".repeat(64)).health();
    }

    @Test
    void whatTheRequestLeavesOpenIsTheImages() {
        assertThat(completed(null, null)).isNull();
        var image = new ImageConfig.Healthcheck(List.of("CMD-SHELL", "x y"), 5, 6, 7_000_000, 0, 4);
        assertThatThrownBy(() -> completed(null, image)).hasMessageContaining("Interval");
        var good =
                new ImageConfig.Healthcheck(
                        List.of("CMD-SHELL", "x y"), 5_000_000, 6_000_000, 0, 0, 4);
        var inherited = requireNonNull(completed(null, good));
        assertThat(inherited.argv()).containsExactly("/sh", "x y");
        assertThat(inherited.interval()).isEqualTo(Duration.ofMillis(5));
        var own = requireNonNull(completed(check(0, 1), good));
        assertThat(own.argv()).containsExactly("probe");
        assertThat(own.retriesOrDefault()).isEqualTo(4);
        assertThat(own.timeoutOrDefault()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void noneIsNoProbe() {
        var zero = Duration.ZERO;
        var none = new HealthCheck(List.of("NONE"), zero, zero, zero, zero, 0, List.of());
        assertThat(none.argv()).isEmpty();
        var completed =
                completed(none, new ImageConfig.Healthcheck(List.of("CMD", "x"), 0, 0, 0, 0, 0));
        assertThat(requireNonNull(completed).argv()).isEmpty();
    }
}
