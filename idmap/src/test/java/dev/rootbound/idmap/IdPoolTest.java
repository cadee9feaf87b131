package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
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
        assertThat(pool.lease("").range()).isEqualTo(new IdRange(B, B));
        assertThat(pool.lease("").ids()).isEqualTo(IdMap.of(new IdRange(2 * B, B)));
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
        assertThatIllegalArgumentException().isThrownBy(() -> pool(foreign).adopt(foreign, ""));
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
            order.add(pool.lease("").range().first() / B);
        }
        assertThat(order).containsExactly(3L, 4L, 2L, 1L);
    }

    @Test
    void anIdIsItsHoldersAsLongAsItIsLeased() throws Exception {
        var pool = pool(new IdRange(B, 4 * B));
        var lease = pool.lease("one");
        var adopted = pool.adopt(new IdRange(9 * B, B), "two");
        assertThat(pool.holder(lease.range().first())).hasValue("one");
        assertThat(pool.holder(lease.range().end() - 1)).hasValue("one");
        assertThat(pool.holder(lease.range().end())).isEmpty();
        assertThat(pool.holder(9 * B + 7)).hasValue("two");
        lease.close();
        adopted.close();
        assertThat(pool.holder(lease.range().first())).isEmpty();
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
        assertThat(pool.lease("").range()).isEqualTo(lease.range());
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
        var adopted = pool.adopt(new IdRange(B, B), "");
        assertThat(pool.lease("").range().first()).isEqualTo(2 * B);
        assertThatExceptionOfType(PoolExhausted.class).isThrownBy(() -> pool.lease(""));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.adopt(adopted.range(), ""));
        adopted.close();
        assertThat(pool.lease("").range().first()).isEqualTo(B);
    }

    @Test
    void aLeaseOfAnEarlierPoolIsAdoptedButNotKept() throws Exception {
        var pool = pool(new IdRange(B, B));
        pool.adopt(new IdRange(7 * B, B), "").close();
        assertThat(pool.lease("").range().first()).isEqualTo(B);
        assertThatExceptionOfType(PoolExhausted.class).isThrownBy(() -> pool.lease(""));
    }

    @Test
    void whatWasNeverALeaseIsNotAdopted() {
        var pool = pool(new IdRange(B, 4 * B));
        assertThatIllegalArgumentException().isThrownBy(() -> pool.adopt(new IdRange(0, B), ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.adopt(new IdRange(B + 1, B), ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.adopt(new IdRange(B, 2 * B), ""));
    }
}
