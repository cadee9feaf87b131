package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.runtime.Resources;
import org.junit.jupiter.api.Test;

class ResourceChangeTest {
    private static Resources memory(long memory, long reservation, long swap) {
        return new Resources(memory, reservation, swap, null, 0, 0, 0, 0, "", "", 0, 0, false);
    }

    private static Resources cpu(long nano, long period, long quota) {
        return new Resources(0, 0, 0, null, nano, 0, period, quota, "", "", 0, 0, false);
    }

    @Test
    void aChangeKeepsWhatItDoesNotName() {
        var now = new Resources(1, 2, 3, 60, 0, 5, 6, 7, "0", "1", 10, 11, true);
        assertThat(ResourceChange.of(now, Resources.DEFAULT)).isEqualTo(now);
        var change = new Resources(0, 0, 30, null, 0, 50, 0, 0, "", "0-1", -1, 0, false);
        assertThat(ResourceChange.of(now, change))
                .isEqualTo(new Resources(1, 2, 30, 60, 0, 50, 6, 7, "0", "0-1", -1, 11, true));
    }

    @Test
    void aChangeThatContradictsWhatIsSetIsAConflict() {
        assertConflict(cpu(0, 1000, 0), cpu(1, 0, 0), "Nano CPUs cannot be updated");
        assertConflict(cpu(0, 0, 1000), cpu(1, 0, 0), "Nano CPUs cannot be updated");
        assertConflict(cpu(1, 0, 0), cpu(0, 1000, 0), "CPU Period cannot be updated");
        assertConflict(cpu(1, 0, 0), cpu(0, 0, 1000), "CPU Quota cannot be updated");
        assertConflict(memory(10, 0, 20), memory(30, 0, 0), "already set memoryswap limit");
        assertThat(ResourceChange.of(memory(10, 0, -1), memory(30, 0, 0)))
                .isEqualTo(memory(30, 0, -1));
    }

    @Test
    void onlyWhatDiffersIsWritten() {
        var before = new Resources(1, 2, 3, null, 0, 1024, 6, 7, "0", "1", 10, 11, false);
        assertThat(ResourceChange.differing(before, before)).isEqualTo(Resources.DEFAULT);
        var memory = new Resources(1, 2, 4, null, 0, 1024, 6, 7, "0", "1", 10, 11, false);
        assertThat(ResourceChange.differing(before, memory)).isEqualTo(memory(1, 0, 4));
        var quota = new Resources(1, 2, 3, null, 0, 1024, 6, 8, "0", "1", 10, 11, false);
        assertThat(ResourceChange.differing(before, quota)).isEqualTo(cpu(0, 6, 8));
    }

    private static void assertConflict(Resources now, Resources change, String message) {
        assertThatThrownBy(() -> ResourceChange.of(now, change))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining(message);
    }
}
