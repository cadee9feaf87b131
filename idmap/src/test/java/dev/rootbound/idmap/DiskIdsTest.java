package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiskIdsTest {
    private static final List<IdRange> BLOCK = List.of(new IdRange(131072, 65536));

    @Test
    void theCallerIsTheContainersRootAndTheBlockIsAllOthers() {
        var map = DiskIds.of(Map.of(0L, 1000L), BLOCK, 65536);
        assertThat(map.procText()).isEqualTo("0 1000 1\n1 131073 65535\n");
    }

    @Test
    void anIdInTheMiddleCutsTheBlockInTwo() {
        var map = DiskIds.of(Map.of(999L, 1000L), BLOCK, 65536);
        assertThat(map.toHost(998)).hasValue(131072 + 998);
        assertThat(map.toHost(999)).hasValue(1000);
        assertThat(map.toHost(1000)).hasValue(131072 + 1000);
        assertThat(map.toInside(131072 + 999)).isEmpty();
        assertThat(map.toHost(65535)).hasValue(131072 + 65535);
    }

    @Test
    void whoHasAnIdOfTheBlockItselfHasNoSecondOne() {
        var map = DiskIds.of(Map.of(0L, 131077L), BLOCK, 65536);
        assertThat(map.toHost(0)).hasValue(131077);
        assertThat(map.toHost(5)).isEmpty();
        assertThat(map.toHost(6)).hasValue(131078);
    }

    @Test
    void groupsAtTheTopStandForThemselves() {
        var map = DiskIds.of(Map.of(0L, 100L, 65535L, 27L, 65533L, 44L), BLOCK, 65536);
        assertThat(map.toHost(65535)).hasValue(27);
        assertThat(map.toHost(65534)).hasValue(131072 + 65534);
        assertThat(map.toHost(65533)).hasValue(44);
        assertThat(size(map)).isEqualTo(65536);
    }

    @Test
    void severalLinesAreOneBlockAndAShortOneEndsTheMap() {
        var lines = List.of(new IdRange(200_000, 10), new IdRange(300_000, 10));
        var map = DiskIds.of(Map.of(3L, 1000L), lines, 65536);
        assertThat(map.toHost(9)).hasValue(200_009);
        assertThat(map.toHost(10)).hasValue(300_000);
        assertThat(map.toHost(19)).hasValue(300_009);
        assertThat(map.toHost(20)).isEmpty();
        assertThat(size(DiskIds.of(Map.of(), lines, 12))).isEqualTo(12);
    }

    private static long size(IdMap map) {
        return map.entries().stream().mapToLong(entry -> entry.outside().size()).sum();
    }
}
