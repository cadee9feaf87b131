package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.evidence.IdOwner.Kind;
import dev.rootbound.evidence.Whose.Ids;
import dev.rootbound.idmap.IdRange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhoseTest {
    private static final String PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:100::/:/bin/sh\n";
    private static final String GROUP = "root:x:0:\nusers:x:100:alice\n";
    private static final String SUBIDS = "rootbound:1879048192:268304384\nalice:100000:65536\n";
    private static final long OTHERS = 1_879_113_728L;

    private static Whose whose(boolean visible, boolean root) throws IOException {
        var leases =
                Map.of(
                        Made.RANGE,
                        List.of(Made.claim().bundle().toString()),
                        new IdRange(OTHERS, 65_536),
                        List.of("/run/other/c/1"));
        var host = Made.host(PASSWD, GROUP, SUBIDS, leases);
        return new Whose(host, List.of(Made.claim()), _ -> visible, root);
    }

    private static IdOwner asRoot(Ids ids, long id) throws IOException {
        return whose(true, true).of(ids, id, ids.text() + " " + id);
    }

    @Test
    void anIdOfALeaseIsItsContainersInsideId() throws IOException {
        var owner = asRoot(Ids.UID, Made.LEASE + 500);
        assertThat(owner.kind()).isEqualTo(Kind.CONTAINER);
        assertThat(owner.inside()).isEqualTo(500);
        assertThat(owner.tenant()).isEqualTo(1000);
        assertThat(owner.container()).isEqualTo(Made.ID);
        assertThat(owner.sentence())
                .isEqualTo(
                        "uid 1879048692 is uid 500 in container web (e59ab0ec19a5) of tenant alice"
                                + " (1000)");
    }

    @Test
    void ofAnotherTenantsContainerNothingIsTold() throws IOException {
        var owner = whose(false, false).of(Ids.UID, Made.LEASE, "uid 1879048192");
        assertThat(owner)
                .isEqualTo(
                        new IdOwner(
                                "uid 1879048192",
                                Kind.ANOTHER_TENANTS,
                                "",
                                "",
                                null,
                                null,
                                "uid 1879048192 is another tenant's"));
    }

    @Test
    void whereAnotherEngineIsOnlyRootIsTold() throws IOException {
        assertThat(asRoot(Ids.UID, OTHERS).kind()).isEqualTo(Kind.ANOTHER_ENGINES);
        assertThat(asRoot(Ids.UID, OTHERS).sentence()).contains(List.of("/run/other/c/1"));
        assertThat(whose(true, false).of(Ids.UID, OTHERS, "it").sentence())
                .isEqualTo("it is leased to a container of another engine");
    }

    @ParameterizedTest
    @CsvSource({
        "UID, 1000, REAL, user alice",
        "GID, 100, REAL, group users",
        "UID, 100, NOBODYS, nobody's",
        "UID, 100007, SUBORDINATE, subordinate id 7 of alice",
        "GID, 100007, SUBORDINATE, in /etc/subgid",
        "UID, 2000000000, FREE, no container's now",
        "UID, 2147352583, STORED, uid 7 inside",
        "UID, 61184, RESERVED, dynamic users",
        "UID, 4000000000, NOBODYS, nobody's"
    })
    void everyOtherIdIsToldToo(Ids ids, long id, Kind kind, String part) throws IOException {
        var owner = asRoot(ids, id);
        assertThat(owner.kind()).isEqualTo(kind);
        assertThat(owner.sentence()).startsWith(ids.text() + " " + id + " is ").contains(part);
    }

    @Test
    void aStoredFileIsItsContainersByItsPath() throws IOException {
        var path = Made.STORE + "/c/" + Made.ID + "/u/etc/passwd";
        long owner = IdRange.FOREIGN.first() + 500;
        assertThat(whose(true, true).of(Ids.UID, owner, path).inside()).isEqualTo(500);
        assertThat(whose(true, true).of(Ids.UID, owner, path).name()).isEqualTo("web");
        assertThat(whose(false, false).of(Ids.UID, owner, path).name()).isEmpty();
    }
}
