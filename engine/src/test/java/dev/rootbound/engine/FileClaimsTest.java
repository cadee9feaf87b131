package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClaimsTest {
    private static final IdRange BLOCK = new IdRange(1_879_048_192L, 65536);

    @TempDir Path temp;

    private IdPool pool() throws Exception {
        var range = new IdRange(BLOCK.first(), 4 * 65536);
        return new IdPool(List.of(range), List.of(), Set.of(), new FileClaims(temp.resolve("ids")));
    }

    @Test
    void twoEnginesThatLeaseFromOneLineShareNoId() throws Exception {
        var one = pool();
        var other = pool();
        var ranges = new HashSet<IdMaps>();
        for (int i = 0; i < 2; i++) {
            ranges.add(one.lease(temp.resolve("a" + i).toString()).ids());
            ranges.add(other.lease(temp.resolve("b" + i).toString()).ids());
        }
        assertThat(ranges).hasSize(4);
    }

    @Test
    void aContainerThatNoEngineKnowsKeepsItsIds() throws Exception {
        var bundle = Files.createDirectory(temp.resolve("bundle"));
        Files.createDirectory(temp.resolve("ids"));
        var claim = temp.resolve("ids").resolve(Long.toString(BLOCK.first()));
        Files.writeString(claim, "999999999 1 " + bundle); // its engine is dead
        try (var lease = pool().lease("x")) {
            assertThat(lease.ids()).isNotEqualTo(IdMaps.of(BLOCK));
        }
        Files.delete(bundle);
        try (var lease = pool().lease("x")) {
            assertThat(lease.ids()).isEqualTo(IdMaps.of(BLOCK));
        }
        assertThat(claim).doesNotExist();
    }

    @Test
    void whatDeadEnginesClaimedAndNothingRunsUnderIsGivenBack() throws Exception {
        var bundle = Files.createDirectory(temp.resolve("bundle"));
        var claims = new FileClaims(temp.resolve("ids"));
        var dead = temp.resolve("ids").resolve("1000");
        var running = temp.resolve("ids").resolve("2000");
        Files.writeString(dead, "999999999 1 " + temp.resolve("gone"));
        Files.writeString(running, "999999999 1 " + bundle);
        assertThat(claims.take(BLOCK, "/not/made/yet")).isTrue();
        claims.releaseVoid();
        assertThat(dead).doesNotExist();
        assertThat(running).exists();
        assertThat(temp.resolve("ids").resolve(Long.toString(BLOCK.first()))).exists();
    }

    /** It was killed, or its disk was full, between the file and its words. */
    @Test
    void aClaimThatWasCutOffIsNobodys() throws Exception {
        var ids = Files.createDirectory(temp.resolve("ids"));
        var claim = Files.createFile(ids.resolve(Long.toString(BLOCK.first())));
        assertThat(new FileClaims(ids).take(BLOCK, "/not/made/yet")).isTrue();
        assertThat(claim).content().endsWith(" /not/made/yet");
        var other = Files.writeString(ids.resolve("1000"), "12 3");
        new FileClaims(ids).releaseVoid();
        assertThat(other).doesNotExist();
        assertThat(claim).exists();
    }

    @Test
    void twoEnginesOfOneProcessLeaseAtOnce() throws Exception {
        var pools = List.of(pool(), pool());
        var ranges = new ConcurrentSkipListSet<Long>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                int number = i;
                var _ =
                        threads.submit(() ->
                                ranges.add(
                                        pools.get(number % 2)
                                                .lease(temp.resolve("c" + number).toString())
                                                .ids()
                                                .rootUid()));
            }
        }
        assertThat(ranges).hasSize(4);
    }

    @Test
    void aClaimOfAnEngineThatLivesHoldsBeforeItsDirectoryIsMade() throws Exception {
        var claims = new FileClaims(temp.resolve("ids"));
        assertThat(claims.take(BLOCK, "/not/made/yet")).isTrue();
        assertThat(new FileClaims(temp.resolve("ids")).take(BLOCK, "/another")).isFalse();
        assertThat(new FileClaims(temp.resolve("ids")).take(BLOCK, "/not/made/yet")).isTrue();
    }

    @Test
    void whatSeveralContainersHoldIsFreeWhenTheLastOneIsGone() throws Exception {
        var ids = temp.resolve("ids");
        var claims = new FileClaims(ids);
        assertThat(claims.take(BLOCK, "/first")).isTrue();
        claims.share(BLOCK, "/second");
        claims.share(BLOCK, "/second");
        assertThat(claims.take(BLOCK, "/first")).as("it is not its alone").isFalse();
        assertThat(claims.adopt(BLOCK, "/second")).isTrue();
        assertThat(claims.adopt(BLOCK, "/third")).isFalse();
        assertThat(claims.release(BLOCK, "/first")).isFalse();
        assertThat(claims.adopt(BLOCK, "/first")).isFalse();
        assertThat(claims.release(BLOCK, "/second")).isTrue();
        assertThat(ids.resolve(Long.toString(BLOCK.first()))).doesNotExist();
    }

    /** Its state is damaged, so that no engine knows it, and it runs on. */
    @Test
    void idsThatAnUnknownContainerHasJoinedAreNotGivenToAnother() throws Exception {
        var unknown = Files.createDirectory(temp.resolve("unknown"));
        var first = pool().lease(temp.resolve("first").toString());
        var claim = temp.resolve("ids").resolve(Long.toString(first.ids().rootUid()));
        Files.writeString(claim, "999999999 1 " + temp.resolve("first") + "\n" + unknown);
        var next = pool();
        next.adopt(first.ids(), temp.resolve("first").toString()).close();
        for (int i = 0; i < 3; i++) {
            assertThat(next.lease("x" + i).ids()).isNotEqualTo(first.ids());
        }
        assertThatThrownBy(() -> next.lease("x4")).isInstanceOf(IOException.class);
    }

    @Test
    void containersThatJoinAtOnceAreAllInTheClaim() throws Exception {
        var owner = pool().lease("owner");
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                var holder = "/joiner-" + i;
                var _ = tasks.submit(() -> owner.share(holder));
            }
        }
        var claim = temp.resolve("ids").resolve(Long.toString(owner.ids().rootUid()));
        assertThat(Files.readString(claim).lines()).hasSize(51);
    }
}
