package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdPoolTest {
    private static final long B = IdPool.BLOCK;

    private static IdPool pool(IdRange... ranges) {
        return new IdPool(List.of(ranges), List.of(), List.of(), Claims.ALONE);
    }

    private static List<IdRange> all(IdPool pool) throws Exception {
        return LeasesNeverOverlapTest.leaseAll(pool);
    }

    @Test
    void theUsualLineHas4094Blocks() throws Exception {
        var usual = pool(new IdRange(1879048192, 268304384));
        assertThat(usual.size()).isEqualTo(4094);
        assertThat(all(usual)).hasSize(4094);
    }

    @Test
    void aLeaseIsAnAlignedBlockAboveTheFirst() throws Exception {
        var pool = pool(new IdRange(5, 4 * B));
        assertThat(pool.lease("").ids()).isEqualTo(IdMaps.of(new IdRange(B, B)));
        assertThat(pool.lease("").ids()).isEqualTo(IdMaps.of(new IdRange(2 * B, B)));
        assertThat(all(pool)).hasSize(1);
    }

    @Test
    void whatBelongsToOthersIsNeverLeased() throws Exception {
        var pool =
                new IdPool(
                        List.of(new IdRange(B, 6 * B)),
                        List.of(new IdRange(2 * B - 1, 2), new IdRange(4 * B, 1)),
                        List.of(5 * B + 77, 0L, 0xFFFF_FFFEL),
                        Claims.ALONE);
        assertThat(all(pool)).containsExactly(new IdRange(3 * B, B), new IdRange(6 * B, B));
    }

    @Test
    void theForeignRangeIsNeverLeasedWhateverThePoolSays() throws Exception {
        var foreign = IdRange.FOREIGN;
        assertThat(all(pool(new IdRange(foreign.first() - B, 3 * B)))).hasSize(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool(foreign).adopt(IdMaps.of(foreign), ""));
    }

    @Test
    void linesThatOverlapAreOnePool() throws Exception {
        assertThat(all(pool(new IdRange(B, 2 * B), new IdRange(2 * B, 2 * B)))).hasSize(3);
    }

    @Test
    void freedBlocksAreReusedLastAndOldestFirst() throws Exception {
        var pool = pool(new IdRange(B, 4 * B));
        var one = pool.lease("");
        var two = pool.lease("");
        two.close();
        one.close();
        var order = new ArrayList<Long>();
        for (int i = 0; i < 4; i++) {
            order.add(pool.lease("").ids().rootUid() / B);
        }
        assertThat(order).containsExactly(3L, 4L, 2L, 1L);
    }

    @Test
    void anIdIsItsHoldersAsLongAsItIsLeased() throws Exception {
        var pool = pool(new IdRange(B, 4 * B));
        var lease = pool.lease("one");
        var adopted = pool.adopt(IdMaps.of(new IdRange(9 * B, B)), "two");
        assertThat(pool.holder(lease.ids().rootUid())).hasValue("one");
        assertThat(pool.holder(lease.ids().rootUid() + B - 1)).hasValue("one");
        assertThat(pool.holder(lease.ids().rootUid() + B)).isEmpty();
        assertThat(pool.holder(9 * B + 7)).hasValue("two");
        lease.close();
        adopted.close();
        assertThat(pool.holder(lease.ids().rootUid())).isEmpty();
        assertThat(pool.holder(9 * B + 7)).isEmpty();
    }

    @Test
    void anExhaustedPoolSaysHowToEnlargeIt() throws Exception {
        var pool = pool(new IdRange(B, B));
        var lease = pool.lease("");
        assertThatExceptionOfType(PoolExhausted.class)
                .isThrownBy(() -> pool.lease(""))
                .withMessageContaining("1 leases")
                .withMessageContaining("65536 to 131071")
                .withMessageContaining("/etc/subuid and /etc/subgid");
        lease.close();
        assertThat(pool.lease("").ids()).isEqualTo(lease.ids());
    }

    @Test
    void anEmptyPoolSaysSo() {
        assertThatExceptionOfType(PoolExhausted.class)
                .isThrownBy(() -> pool().lease(""))
                .withMessageContaining("pool is empty");
    }

    @Test
    void aSharedLeaseIsFreeWhenTheLastHandleIsClosed() throws Exception {
        var pool = pool(new IdRange(B, B));
        var owner = pool.lease("");
        var joined = owner.share("joined");
        owner.close();
        owner.close();
        assertThat(pool.leased()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> owner.share("late"));
        joined.close();
        assertThat(pool.leased()).isZero();
    }

    @Test
    void anAdoptedLeaseIsNotGivenOutAgain() throws Exception {
        var pool = pool(new IdRange(B, 2 * B));
        var adopted = pool.adopt(IdMaps.of(new IdRange(B, B)), "");
        assertThat(pool.lease("").ids().rootUid()).isEqualTo(2 * B);
        assertThatExceptionOfType(PoolExhausted.class).isThrownBy(() -> pool.lease(""));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.adopt(adopted.ids(), ""));
        adopted.close();
        assertThat(pool.lease("").ids().rootUid()).isEqualTo(B);
    }

    @Test
    void aLeaseOfAnEarlierPoolIsAdoptedButNotKept() throws Exception {
        var pool = pool(new IdRange(B, B));
        pool.adopt(IdMaps.of(new IdRange(7 * B, B)), "").close();
        assertThat(pool.lease("").ids().rootUid()).isEqualTo(B);
        assertThatExceptionOfType(PoolExhausted.class).isThrownBy(() -> pool.lease(""));
    }

    @Test
    void whatWasNeverALeaseIsNotAdopted() throws Exception {
        var pool = pool(new IdRange(B, 4 * B));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.adopt(IdMaps.of(new IdRange(0, B)), ""))
                .withMessageContaining("never a lease");
        pool.adopt(IdMaps.of(new IdRange(B + 1, B)), "one"); // somebody chose it
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.adopt(IdMaps.of(new IdRange(B, B)), "two"))
                .withMessageContaining("leased already");
    }

    @Test
    void idsThatSomebodyChoseAreLeasedWithAllTheirBlocksAndComeBack() throws Exception {
        var pool = pool(new IdRange(B, 4 * B));
        var map =
                new IdMap(
                        List.of(
                                new IdMap.Entry(0, new IdRange(2 * B - 10, 20)),
                                new IdMap.Entry(20, new IdRange(9 * B, 5))));
        var chosen = pool.lease(IdMaps.of(map), "one");
        assertThat(pool.leased()).isEqualTo(3);
        assertThat(pool.holder(2 * B)).contains("one");
        assertThat(pool.holder(2 * B + 10)).as("of its block, and not its").isEmpty();
        assertThat(all(pool)).containsExactly(new IdRange(3 * B, B), new IdRange(4 * B, B));
        var shared = chosen.share("two");
        chosen.close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.lease(IdMaps.of(new IdRange(2 * B, 1)), "three"))
                .withMessageContaining("leased to another container");
        shared.close();
        assertThat(all(pool)).contains(new IdRange(B, B), new IdRange(2 * B, B)).hasSize(2);
    }

    @Test
    void whatCannotBeClaimedWholeIsNotClaimedAtAll() throws Exception {
        var claimed = new java.util.ArrayList<IdRange>();
        var failing =
                new Claims() {
                    @Override
                    public boolean take(IdRange block, String holder) throws java.io.IOException {
                        if (block.first() == 9 * B) throw new java.io.IOException("full");
                        return claimed.add(block);
                    }

                    @Override
                    public boolean adopt(IdRange block, String holder) {
                        return true;
                    }

                    @Override
                    public void share(IdRange block, String holder) {}

                    @Override
                    public boolean release(IdRange block, String holder) {
                        return claimed.remove(block);
                    }

                    @Override
                    public void releaseVoid() {}
                };
        var pool = new IdPool(List.of(new IdRange(9 * B, B)), List.of(), Set.of(), failing);
        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(() -> pool.lease(IdMaps.of(new IdRange(8 * B, 2 * B)), "x"))
                .withMessage("full");
        assertThat(claimed).isEmpty();
        for (int i = 0; i < 2; i++) { // it stays free, and fails again
            assertThatExceptionOfType(java.io.IOException.class)
                    .isThrownBy(() -> pool.lease("x"))
                    .withMessage("full");
        }
    }

    @Test
    void whatTheHostHasIsAdoptedOnlyIfItWasChosen() throws Exception {
        var pool = pool(new IdRange(B, B));
        var low = IdMaps.of(new IdRange(1000, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.adopt(low, "x"));
        assertThat(pool.isLeased(new IdRange(1000, 1))).isFalse();
        try (var _ = pool.adoptChosen(low, "x")) {
            assertThat(pool.isLeased(new IdRange(1000, 1))).isTrue();
            assertThat(pool.isLeased(new IdRange(1001, 1))).isFalse();
        }
    }
}
