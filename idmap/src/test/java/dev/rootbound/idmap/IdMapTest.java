package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdMapTest {
    private static final IdMap LEASE = IdMap.of(new IdRange(1879048192, 65536));

    @Test
    void anInsideIdHasItsHostIdAndBack() {
        assertThat(LEASE.toHost(0)).hasValue(1879048192);
        assertThat(LEASE.toHost(65535)).hasValue(1879113727);
        assertThat(LEASE.toInside(1879049192)).hasValue(1000);
    }

    @Test
    void whatIsOutsideTheMapHasNoId() {
        assertThat(LEASE.toHost(65536)).isEmpty();
        assertThat(LEASE.toHost(-1)).isEmpty();
        assertThat(LEASE.toInside(0)).isEmpty();
        assertThat(LEASE.toInside(1879113728)).isEmpty();
    }

    @Test
    void anEmptyMapIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new IdMap(List.of()));
    }

    @Test
    void entriesThatOverlapOnEitherSideAreRefused() {
        var first = new IdMap.Entry(0, new IdRange(100_000, 10));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new IdMap(List.of(first, new IdMap.Entry(9, new IdRange(200_000, 1)))));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new IdMap(List.of(first, new IdMap.Entry(10, new IdRange(100_009, 1)))));
    }

    @Test
    void anEntryPastTheLastInsideIdIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdMap.Entry(0xFFFF_FFFFL, new IdRange(0, 1)));
    }

    @Test
    void moreEntriesThanTheKernelTakesAreRefused() {
        var entries =
                LongStream.range(0, 341)
                        .mapToObj(n -> new IdMap.Entry(n, new IdRange(2 * n, 1)))
                        .toList();
        assertThat(new IdMap(entries.subList(0, 340)).insideEnd()).isEqualTo(340);
        assertThatIllegalArgumentException().isThrownBy(() -> new IdMap(entries));
    }

    @Test
    void theTextIsTheKernelsAndTheMessagesAreReadable() {
        var map =
                new IdMap(
                        List.of(
                                new IdMap.Entry(0, new IdRange(100_000, 1000)),
                                new IdMap.Entry(1000, new IdRange(1000, 1))));
        assertThat(map.procText()).isEqualTo("0 100000 1000\n1000 1000 1\n");
        assertThat(map.insideText()).isEqualTo("ids 0 to 999, 1000 to 1000");
        assertThat(LEASE.insideText()).isEqualTo("ids 0 to 65535");
        assertThat(map.insideEnd()).isEqualTo(1001);
    }

    @Test
    void whatADiskHasIsSeenAsWhatTheContainerHasWhereBothHaveTheInsideId() {
        var disk =
                new IdMap(
                        List.of(
                                new IdMap.Entry(0, new IdRange(500, 1)),
                                new IdMap.Entry(5, new IdRange(2000, 10))));
        var container =
                new IdMap(
                        List.of(
                                new IdMap.Entry(0, new IdRange(100_000, 8)),
                                new IdMap.Entry(8, new IdRange(300_000, 4))));
        assertThat(disk.seenAs(container))
                .isEqualTo("500 100000 1\n2000 100005 3\n2003 300000 4\n");
        assertThat(IdMap.of(IdRange.FOREIGN).seenAs(LEASE))
                .isEqualTo("2147352576 1879048192 65536\n");
    }
}
