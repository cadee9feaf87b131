package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LeasesNeverOverlapTest {
    private static final long B = IdPool.BLOCK;

    private static IdRange range(RandomGenerator random) {
        return new IdRange(id(random, 40), 1 + id(random, 8));
    }

    /** Below so many blocks; often at an end of a block, where mistakes are made. */
    private static long id(RandomGenerator random, int blocks) {
        long end = random.nextInt(blocks) * B + random.nextInt(3) - 1;
        return random.nextBoolean() ? Math.max(0, end) : random.nextLong(blocks * B);
    }

    @Test
    void everyLeaseIsInThePoolAlignedDisjointAndNobodyElses() {
        Seeds.check(
                300,
                random -> {
                    var mine = Seeds.list(random, 6, LeasesNeverOverlapTest::range);
                    var reserved = Seeds.list(random, 6, LeasesNeverOverlapTest::range);
                    var real = Seeds.list(random, 6, r -> id(r, 48));
                    var pool = new IdPool(mine, reserved, real, Claims.ALONE);
                    var seen = new HashSet<IdRange>();
                    for (var range : leaseAll(pool)) {
                        assertThat(range.size()).isEqualTo(B);
                        assertThat(range.first()).isGreaterThanOrEqualTo(B);
                        assertThat(range.first() % B).isZero();
                        assertThat(mine)
                                .anyMatch(
                                        m -> m.first() <= range.first() && range.end() <= m.end());
                        assertThat(reserved).noneMatch(range::overlaps);
                        assertThat(real).noneMatch(range::contains);
                        assertThat(seen).noneMatch(range::overlaps);
                        seen.add(range);
                    }
                });
    }

    /** All that the pool has. */
    static List<IdRange> leaseAll(IdPool pool) throws IOException {
        var leased = new ArrayList<IdRange>();
        while (true) {
            try {
                leased.add(pool.lease("").ids().outside().getFirst());
            } catch (PoolExhausted e) {
                return leased;
            }
        }
    }

    @Test
    void noTwoLeasesOverlapWhenManyThreadsLeaseShareAndFree() {
        Seeds.check(15, LeasesNeverOverlapTest::leaseShareAndFree);
    }

    private static void leaseShareAndFree(RandomGenerator random) throws Exception {
        var real = Seeds.list(random, 6, r -> id(r, 48));
        var pool = new IdPool(List.of(new IdRange(0, 12 * B)), List.of(), real, Claims.ALONE);
        var owners = new ConcurrentHashMap<Long, AtomicInteger>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs = new ArrayList<Future<?>>();
            for (int t = 0; t < 24; t++) {
                var own = new Random(random.nextLong());
                runs.add(threads.submit(() -> leaseAndFree(pool, owners, own)));
            }
            for (var run : runs) {
                run.get();
            }
        }
        assertThat(pool.leased()).isZero();
    }

    /** A block has one owner at a time: the owner alone moves its count from 0 to 1. */
    private static void leaseAndFree(
            IdPool pool, ConcurrentHashMap<Long, AtomicInteger> owners, Random random) {
        for (int i = 0; i < 60; i++) {
            try (var lease = pool.lease("");
                    var shared = lease.share("joined")) {
                var owner = owners.computeIfAbsent(lease.ids().rootUid(), f -> new AtomicInteger());
                assertThat(owner.incrementAndGet()).isEqualTo(1);
                if (random.nextBoolean()) {
                    giveBack(lease);
                }
                LockSupport.parkNanos(1000); // let another thread try
                owner.decrementAndGet();
                assertThat(shared.ids()).isEqualTo(lease.ids());
            } catch (PoolExhausted e) {
                LockSupport.parkNanos(1000); // more threads than blocks: expected
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A method of its own: javac warns about close() on a resource of the try. */
    private static void giveBack(Lease lease) {
        lease.close();
    }
}
