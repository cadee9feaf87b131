package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LeasesNeverOverlapTest {
    private static final long B = IdPool.BLOCK;

    @Provide
    Arbitrary<IdRange> ranges() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 40 * B),
                        Arbitraries.longs().between(1, 8 * B))
                .as(IdRange::new);
    }

    @Provide
    Arbitrary<List<IdRange>> rangeLists() {
        return ranges().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<Long>> ids() {
        return Arbitraries.longs().between(0, 48 * B).list().ofMaxSize(6);
    }

    @Property(tries = 300)
    void everyLeaseIsInThePoolAlignedDisjointAndNobodyElses(
            @ForAll("rangeLists") List<IdRange> mine,
            @ForAll("rangeLists") List<IdRange> reserved,
            @ForAll("ids") List<Long> real)
            throws java.io.IOException {
        var pool = new IdPool(mine, reserved, real, Claims.ALONE);
        var seen = new HashSet<IdRange>();
        for (int i = 0; i < pool.capacity(); i++) {
            var range = pool.lease("").range();
            assertThat(range.size()).isEqualTo(B);
            assertThat(range.first()).isGreaterThanOrEqualTo(B);
            assertThat(range.first() % B).isZero();
            assertThat(mine).anyMatch(m -> m.first() <= range.first() && range.end() <= m.end());
            assertThat(reserved).noneMatch(range::overlaps);
            assertThat(real).noneMatch(range::contains);
            assertThat(seen).noneMatch(range::overlaps);
            seen.add(range);
        }
    }

    @Property(tries = 15)
    void noTwoLeasesOverlapWhenManyThreadsLeaseShareAndFree(
            @ForAll long seed, @ForAll("ids") List<Long> real) throws Exception {
        var pool = new IdPool(List.of(new IdRange(0, 12 * B)), List.of(), real, Claims.ALONE);
        var holders = new ConcurrentHashMap<Long, AtomicInteger>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs = new ArrayList<java.util.concurrent.Future<?>>();
            for (int t = 0; t < 24; t++) {
                var random = new Random(seed + t);
                runs.add(threads.submit(() -> leaseAndFree(pool, holders, random)));
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
                    var shared = lease.share()) {
                var owner = owners.computeIfAbsent(lease.range().first(), f -> new AtomicInteger());
                assertThat(owner.incrementAndGet()).isEqualTo(1);
                if (random.nextBoolean()) {
                    giveBack(lease);
                }
                LockSupport.parkNanos(1000); // let another thread try
                owner.decrementAndGet();
                assertThat(shared.range()).isEqualTo(lease.range());
            } catch (PoolExhausted e) {
                LockSupport.parkNanos(1000); // more threads than blocks: expected
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** A method of its own: javac warns about close() on a resource of the try. */
    private static void giveBack(Lease lease) {
        lease.close();
    }
}
