package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Claims;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Lease;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final long LEASE = 1_879_048_192L;

    private final Containers containers = new Containers();
    private final IdPool pool =
            new IdPool(
                    List.of(new IdRange(LEASE, 100 * IdPool.BLOCK)),
                    List.of(),
                    List.of(),
                    Claims.ALONE);
    private ClientPolicy clients = ClientPolicy.NONE;
    private final Peers peers =
            new Peers(containers, pool, Optional.empty(), new ThreeUsers(), () -> clients);

    /** alice has subordinate ids; carol is in no file; a line of a user who is gone; our pool. */
    private static final class ThreeUsers extends HostUsers {
        private static final Map<String, Long> LOCAL =
                Map.of("root", 0L, "alice", 1000L, "1000", 1000L, "bob", 1001L, "1001", 1001L);

        ThreeUsers() {
            super(Path.of("/nowhere"), InstantSource.system());
        }

        @Override
        SubidFile subordinates() throws IOException {
            return SubidFile.parse(
                    "root:131072000:65536\nalice:100000:65536\ngone:200000:65536\nrootbound:"
                            + LEASE
                            + ":6553600\n",
                    "subuid");
        }

        @Override
        OptionalLong known(String user) {
            var uid = LOCAL.get(user);
            return uid == null ? OptionalLong.empty() : OptionalLong.of(uid);
        }

        @Override
        Optional<Identity> identity(String user) {
            return switch (user) {
                case "root", "0", "toor" -> Optional.of(new Identity(user, 0, 0, List.of()));
                case "alice" -> Optional.of(new Identity("alice", 1000, 100, List.of(27L, 44L)));
                default -> Optional.empty();
            };
        }

        @Override
        OptionalLong uid(String user) {
            return user.equals("1002") ? OptionalLong.of(1002) : known(user);
        }
    }

    /** A container of that tenant; its ids are the pool's next. */
    private Lease runs(long tenant) throws IOException {
        var id = Long.toString(tenant).repeat(16);
        var container = TestContainers.of(id, "n1", tenant, TestSpec.of("sh").build());
        containers.add(new ContainerEntry(container, Path.of("/nowhere")));
        return pool.lease("/run/c/" + id);
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
        var _ = runs(1001);
        assertThat(tenant(LEASE)).isEqualTo(1001);
        assertThat(tenant(LEASE + 999)).isEqualTo(1001);
    }

    @Test
    void itIsThatAlsoBeforeTheContainerIsSaidToRunAndUntilItsIdsAreGivenBack() throws IOException {
        try (var _ = runs(1001)) {
            assertThat(tenant(LEASE)).isEqualTo(1001); // its state is still "created"
        }
        assertThatThrownBy(() -> tenant(LEASE)).isInstanceOf(EngineException.Denied.class);
    }

    @Test
    void whoIsInNoFileIsNotKnownAtOnceButCanBeAsked() throws IOException {
        assertThat(peers.known(1002, 7, List.of())).isEmpty();
        assertThat(tenant(1002)).isEqualTo(1002);
        assertThat(peers.known(1000, 7, List.of())).hasValue(peers.caller(1000, 7, List.of()));
    }

    @Test
    void whoComesFromAContainerIsNobodyOnTheHostAlsoInOnesOfRoot() throws IOException {
        var _ = runs(0);
        var inside = peers.caller(LEASE, LEASE + 7, List.of(LEASE + 5));
        assertThat(inside).isEqualTo(new Caller(new Tenant(0), LEASE, LEASE + 7, List.of(), true));
        assertThat(inside.isHostRoot()).isFalse();
        assertThat(peers.caller(0, 0, List.of()).isHostRoot()).isTrue();
        assertThat(peers.caller(100_000, 7, List.of()).leased()).isFalse();
    }

    @Test
    void anIdOfNobodyIsRefused() throws IOException {
        var _ = runs(1001);
        for (long stranger :
                new long[] {LEASE + 65536, 131_072_005, 200_000, 5000, 4_294_967_294L}) {
            assertThat(peers.known(stranger, 7, List.of())).isEmpty();
            assertThatThrownBy(() -> tenant(stranger))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("uid " + stranger);
        }
    }

    private static Remote certified(String subject) {
        return new Remote.Certified(new X500Principal(subject));
    }

    private void names(String subject, String user) {
        var entry = new ClientPolicy.Certificate(new X500Principal(subject), user, "policy:7");
        clients = new ClientPolicy("policy", List.of(entry), List.of());
    }

    @Test
    void aCertificateIsItsUserWithTheGroupsThatTheHostKnows() throws IOException {
        names("CN=alice", "alice");
        var alice = new Caller(new Tenant(1000), 1000, 100, List.of(27L, 44L));
        assertThat(peers.caller(certified("CN=alice"))).isEqualTo(alice.with("CN=alice"));
        assertThat(peers.known(certified("CN=alice"))).hasValue(new Tenant(1000));
    }

    @Test
    void aCertificateThatNobodyNamedIsNobodyAndIsToldItsName() {
        names("CN=alice", "alice");
        assertThatThrownBy(() -> peers.caller(certified("CN=mallory,O=x")))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("CN=mallory,O=x")
                .hasMessageContaining("add it to policy");
        names("CN=alice", "gone");
        assertThatThrownBy(() -> peers.caller(certified("CN=alice")))
                .hasMessageContaining("policy:7 names user gone");
    }

    @Test
    void hostRootIsReachedFromElsewhereByThatNameOnly() throws IOException {
        names("CN=admin", "root");
        assertThat(peers.caller(certified("CN=admin")).isHostRoot()).isTrue();
        names("CN=admin", "toor");
        assertThatThrownBy(() -> peers.caller(certified("CN=admin")))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("by another name");
    }
}
