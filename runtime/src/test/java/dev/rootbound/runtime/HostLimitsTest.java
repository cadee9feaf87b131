package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostLimitsTest {
    private static final HostLimits WEAK =
            new HostLimits(Map.of("nofile", 4096L, "core", -1L), false, 0);
    private static final HostLimits STRONG = new HostLimits(Map.of("nofile", 4096L), true, 0);

    private static Rlimit nofile(long soft, long hard) {
        return new Rlimit("nofile", soft, hard);
    }

    @Test
    void aLimitAboveTheEnginesOwnIsLoweredWithASentence() throws Exception {
        var clamped = WEAK.clamp(List.of(nofile(1024, 1 << 20), nofile(-1, -1), nofile(1, 2)));
        assertThat(clamped.value())
                .containsExactly(nofile(1024, 4096), nofile(4096, 4096), nofile(1, 2));
        assertThat(clamped.warnings())
                .hasSize(2)
                .first()
                .isEqualTo(
                        "ulimit nofile=1024:1048576 is above the engine's own hard limit: lowered to"
                                + " nofile=1024:4096");
    }

    @Test
    void nothingIsLoweredWhereItNeedNotBe() throws Exception {
        var asked = List.of(nofile(1 << 20, 1 << 20));
        assertThat(STRONG.clamp(asked).value()).isEqualTo(asked);
        var core = List.of(new Rlimit("core", -1, -1), new Rlimit("stack", 1, -1));
        assertThat(WEAK.clamp(core)).isEqualTo(new HostLimits.Clamped<>(core, List.of()));
    }

    @Test
    void theEnginesCapabilityIsNotForOrdinaryUsers() throws Exception {
        var theirs = new HostLimits(Map.of("nofile", 4096L), true, -500).forOrdinaryUsers();
        assertThat(theirs.clamp(List.of(nofile(-1, -1))).value())
                .containsExactly(nofile(4096, 4096));
        assertThat(theirs.clampOomScoreAdj(-500).value()).isEqualTo(0);
        assertThat(theirs.clampOomScoreAdj(7).warnings()).isEmpty();
    }

    @Test
    void aSoftLimitAboveTheHardIsRefused() {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> STRONG.clamp(List.of(nofile(2, 1))))
                .withMessageContaining(
                        "ulimit soft limit must be less than or equal to hard limit");
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> STRONG.clamp(List.of(nofile(-1, 1))));
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> STRONG.clamp(List.of(nofile(-2, 1))));
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> STRONG.clamp(List.of(new Rlimit("as", 1, 1))))
                .withMessage("invalid ulimit type: as");
    }

    @Test
    void aScoreBelowTheEnginesOwnIsRaisedWithASentence() throws Exception {
        assertThat(WEAK.clampOomScoreAdj(-500).value()).isEqualTo(0);
        assertThat(WEAK.clampOomScoreAdj(-500).warnings())
                .singleElement()
                .asString()
                .contains("-500");
        assertThat(WEAK.clampOomScoreAdj(300)).isEqualTo(new HostLimits.Clamped<>(300, List.of()));
        assertThat(STRONG.clampOomScoreAdj(-500).value()).isEqualTo(-500);
        assertThat(new HostLimits(Map.of(), false, -100).clampOomScoreAdj(-500).value())
                .isEqualTo(-100);
        assertThat(WEAK.clampOomScoreAdj(null).value()).isNull();
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> STRONG.clampOomScoreAdj(1001));
    }
}
