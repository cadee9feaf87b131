package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final long LEASE = 1_879_048_192L;

    private final Containers containers = new Containers();
    private final Peers peers = new Peers(containers, new TwoUsers());

    /** alice has subordinate ids; a line of a user who is gone; the engine's own pool. */
    private static final class TwoUsers extends HostUsers {
        private final Map<String, Long> uids =
                Map.of("alice", 1000L, "1000", 1000L, "bob", 1001L, "1001", 1001L);

        @Override
        SubidFile subordinates() throws IOException {
            return SubidFile.parse(
                    "alice:100000:65536\ngone:200000:65536\nrootbound:" + LEASE + ":6553600\n",
                    "subuid");
        }

        @Override
        OptionalLong uid(String user) {
            var uid = uids.get(user);
            return uid == null ? OptionalLong.empty() : OptionalLong.of(uid);
        }
    }

    private void runs(long tenant, long first) {
        var container = TestContainers.of("ab".repeat(32), "n1", tenant, TestSpec.of("sh").build());
        var running =
                container.with(
                        new ContainerState.Running(4711, 1, Instant.EPOCH),
                        IdMap.of(new IdRange(first, 65536)),
                        null);
        containers.add(new ContainerEntry(running, Path.of("/nowhere")));
    }

    private long tenant(long uid) throws IOException {
        var caller = peers.caller(uid, 7, List.of(7L));
        assertThat(caller.uid()).isEqualTo(uid);
        return caller.tenant().uid();
    }

    @Test
    void aUserIsATenant() throws IOException {
        assertThat(tenant(0)).isEqualTo(0);
        assertThat(tenant(1000)).isEqualTo(1000);
        assertThat(tenant(1001)).isEqualTo(1001);
    }

    @Test
    void aSubordinateIdIsItsOwner() throws IOException {
        assertThat(tenant(100_000)).isEqualTo(1000);
        assertThat(tenant(165_535)).isEqualTo(1000);
    }

    @Test
    void aContainersIdIsTheContainersTenant() throws IOException {
        runs(1001, LEASE);
        assertThat(tenant(LEASE)).isEqualTo(1001);
        assertThat(tenant(LEASE + 999)).isEqualTo(1001);
    }

    @Test
    void whoComesFromAContainerIsNobodyOnTheHostAlsoInOnesOfRoot() throws IOException {
        runs(0, LEASE);
        var inside = peers.caller(LEASE, LEASE + 7, List.of(LEASE + 5));
        assertThat(inside)
                .isEqualTo(new Caller(new Tenant(0), LEASE, LEASE + 7, List.of(LEASE + 5), true));
        assertThat(inside.isHostRoot()).isFalse();
        assertThat(peers.caller(0, 0, List.of()).isHostRoot()).isTrue();
        assertThat(peers.caller(100_000, 7, List.of()).leased()).isFalse();
    }

    @Test
    void anIdOfNobodyIsRefused() {
        runs(1001, LEASE);
        for (long stranger : new long[] {LEASE + 65536, 200_000, 5000, 4_294_967_294L}) {
            assertThatThrownBy(() -> tenant(stranger))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("uid " + stranger);
        }
    }
}
