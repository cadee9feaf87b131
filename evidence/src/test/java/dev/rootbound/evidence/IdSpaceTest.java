package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.evidence.IdSpace.Kind;
import dev.rootbound.idmap.IdRange;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdSpaceTest {
    private static final String PASSWD = "root:x:0:0::/root:/bin/sh\nalice:x:1000:100::/:/bin/sh\n";
    private static final String GROUP = "root:x:0:\n";
    private static final String POOL = "rootbound:1879048192:268304384\n";

    private static IdSpace space(String passwd, String group, String subids) throws IOException {
        var leases =
                Map.of(
                        Made.RANGE,
                        List.of(Made.claim().bundle().toString()),
                        new IdRange(1_879_113_728L, 65_536),
                        List.of("/run/other/c/1"));
        return IdSpace.of(
                Made.host(passwd, group, subids, leases), List.of(Made.claim()), _ -> true);
    }

    @Test
    void everyLeaseAndEveryLineIsThereAndAllIsInOrder() throws IOException {
        var space = space(PASSWD, GROUP, POOL + "alice:100000:65536\n");
        assertThat(space.spans().stream().map(IdSpace.Span::kind))
                .containsSubsequence(
                        Kind.HOST,
                        Kind.SUBORDINATE,
                        Kind.RESERVED,
                        Kind.POOL,
                        Kind.LEASE,
                        Kind.LEASE,
                        Kind.STORE);
        assertThat(space.spans())
                .contains(new IdSpace.Span(Made.RANGE, Kind.LEASE, "alice", "web", "pid 21274"));
        assertThat(space.conflicts()).isEmpty();
    }

    @Test
    void aContainerIsNamedOnlyIfItMayBe() throws IOException {
        var passwd = PASSWD + "eve:x:1879048193:1::/:/bin/sh\n";
        var host = Made.host(passwd, GROUP, POOL, Map.of());
        var space = IdSpace.of(host, List.of(Made.claim()), _ -> false);
        assertThat(space.spans()).anyMatch(span -> span.owner().equals("alice"));
        assertThat(space.toString()).doesNotContain("web");
        assertThat(space.conflicts()).anyMatch(text -> text.contains("a container of tenant 1000"));
    }

    @Test
    void aTenantSeesItsLeasesAndLinesOnly() throws IOException {
        var host = Made.host(PASSWD, GROUP, POOL + "alice:100000:65536\nbob:200000:9\n", Map.of());
        assertThat(IdSpace.ofTenant(host, List.of(Made.claim()), 1000).spans())
                .hasSize(3)
                .allMatch(span -> span.owner().equals("alice"));
        assertThat(IdSpace.ofTenant(host, List.of(Made.claim()), 1001).spans()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "eve:x:1900000000:1::/:/bin/sh, '', '', id 1900000000 is user eve",
        "'', eve:x:1900000000:, '', id 1900000000 is group eve",
        "'', '', eve:1900000000:65536, are eve's in /etc/subuid",
        "'', '', rootbound:2147352576:65536, overlap the foreign range",
        "'', '', rootbound:1000000000:65536, kept for systemd's containers"
    })
    void whatIsTwoPartiesIsAConflict(String passwd, String group, String subids, String conflict)
            throws IOException {
        var space = space(PASSWD + passwd, GROUP + group, POOL + subids);
        assertThat(space.conflicts()).isNotEmpty().anyMatch(text -> text.contains(conflict));
    }
}
