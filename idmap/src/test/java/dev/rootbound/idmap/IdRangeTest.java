package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IdRangeTest {
    @Test
    void theForeignRangeIsSystemds() {
        assertThat(IdRange.FOREIGN.first()).isEqualTo(2147352576L);
        assertThat(IdRange.FOREIGN.end() - 1).isEqualTo(2147418111L);
    }

    @Test
    void aRangeThatEndsAtTheReservedIdIsRefused() {
        assertThat(new IdRange(0xFFFF_FFFEL, 1).contains(0xFFFF_FFFEL)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> new IdRange(0xFFFF_FFFEL, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new IdRange(0, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> new IdRange(1, Long.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> new IdRange(-1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new IdRange(5, 0));
    }

    @Test
    void neighboursDoNotOverlapAndASharedIdDoes() {
        var range = new IdRange(100, 10);
        assertThat(range.overlaps(new IdRange(110, 5))).isFalse();
        assertThat(range.overlaps(new IdRange(90, 10))).isFalse();
        assertThat(range.overlaps(new IdRange(109, 5))).isTrue();
        assertThat(range.overlaps(new IdRange(0, 1000))).isTrue();
        assertThat(range.contains(110)).isFalse();
        assertThat(range.contains(100)).isTrue();
    }
}
