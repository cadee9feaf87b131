package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseChecksTest {
    private static final String PASSWD =
            "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:100::/:/bin/sh\n";
    private static final String GROUP = "root:x:0:\nusers:x:100:alice\n";
    private static final String SUBIDS = "rootbound:1879048192:268304384\nalice:100000:65536\n";
    private static final Map<IdRange, List<String>> OWN =
            Map.of(Made.RANGE, List.of(Made.claim().bundle().toString()));

    private final Ledger ledger = new Ledger();

    private List<Subject> broken(Claim claim, HostIdentities host) {
        new LeaseChecks(ledger).check(claim, host);
        return Made.broken(ledger);
    }

    private List<Subject> broken(HostIdentities host) {
        return broken(Made.claim(), host);
    }

    @Test
    void aLeaseOfItsOwnIsNobodyElses() throws IOException {
        assertThat(broken(Made.host(PASSWD, GROUP, SUBIDS, OWN))).isEmpty();
        assertThat(ledger.has(Subject.DISJOINT)).isTrue();
    }

    @Test
    void aUserInTheLeaseIsFound() throws IOException {
        var passwd = PASSWD + "eve:x:1879048200:100::/:/bin/sh\n";
        assertThat(broken(Made.host(passwd, GROUP, SUBIDS, OWN))).containsExactly(Subject.DISJOINT);
    }

    @Test
    void aGroupInTheLeaseIsFound() throws IOException {
        var group = GROUP + "eve:x:1879113727:\n";
        assertThat(broken(Made.host(PASSWD, group, SUBIDS, OWN))).containsExactly(Subject.DISJOINT);
    }

    @Test
    void aSubordinateRangeOfSomebodyElsesInTheLeaseIsFound() throws IOException {
        var subids = SUBIDS + "eve:1879100000:10\n";
        assertThat(broken(Made.host(PASSWD, GROUP, subids, OWN))).containsExactly(Subject.DISJOINT);
    }

    @Test
    void anotherLeaseOfTheSameIdsIsFound() throws IOException {
        var leases = Map.of(Made.RANGE, List.of("/run/other/c/1"));
        assertThat(broken(Made.host(PASSWD, GROUP, SUBIDS, leases)))
                .containsExactly(Subject.DISJOINT);
    }

    @Test
    void aLeaseInTheForeignRangeIsFound() throws IOException {
        var claim = Made.claim();
        var foreign =
                new Claim(
                        claim.id(),
                        claim.name(),
                        claim.tenant(),
                        IdMaps.of(IdRange.FOREIGN),
                        claim.pid(),
                        claim.startTime(),
                        Path.of("/x"),
                        claim.store(),
                        claim.writable(),
                        true,
                        false);
        assertThat(broken(foreign, Made.host(PASSWD, GROUP, SUBIDS, Map.of())))
                .containsExactly(Subject.DISJOINT);
    }
}
