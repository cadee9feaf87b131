package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class EvidenceTest extends ServedEngine {
    private RawClient.Answer raw(String path) throws IOException {
        return RawClient.ask(socket, "GET", path, "");
    }

    private JsonNode ask(String path) throws IOException {
        return Json.parse(raw(path).body());
    }

    @Test
    void aReportHasItsStatementsAndWhetherAllHold() throws IOException {
        var report = ask("/v1.51/rootbound/containers/n/evidence");
        assertThat(report.get("Name").stringValue()).isEqualTo("n");
        assertThat(report.get("Tenant").longValue()).isEqualTo(1000);
        assertThat(report.get("Ids").stringValue()).isEqualTo("1879048192 to 1879113727");
        assertThat(report.get("Processes").intValue()).isEqualTo(3);
        assertThat(report.get("Holds").booleanValue()).isFalse();
        var second = report.get("Statements").get(1);
        assertThat(second.get("Name").stringValue()).isEqualTo("maps");
        assertThat(second.get("Holds").booleanValue()).isFalse();
        assertThat(second.get("Evidence").get(1).stringValue()).isEqualTo("none");
        assertThat(ask("/rootbound/evidence").get(0)).isEqualTo(report);
    }

    @Test
    void aContainerThatIsNotThereIsNotFound() throws IOException {
        assertThat(raw("/rootbound/containers/m/evidence").status()).isEqualTo(404);
    }

    @Test
    void whoAnswersForEachIdThatIsAskedAbout() throws IOException {
        var owners = ask("/rootbound/who?uid=5&gid=6&path=/x");
        assertThat(owners).hasSize(2);
        assertThat(owners.get(0).get("Subject").stringValue()).isEqualTo("uid 5 /x");
        assertThat(owners.get(1).get("Subject").stringValue()).isEqualTo("gid 6 /x");
        assertThat(owners.get(0).get("Kind").stringValue()).isEqualTo("another-tenants");
        assertThat(owners.get(0).get("Tenant").isNull()).isTrue();
        assertThat(ask("/rootbound/who?pid=9").get(0).get("Subject").stringValue())
                .isEqualTo("uid 9 of a process");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?uid=", "?uid=-1", "?uid=root", "?gid=4294967295", "?pid=1e3"})
    void whatIsNoNumberIsRefused(String query) throws IOException {
        assertThat(raw("/rootbound/who" + query).status()).isEqualTo(400);
    }

    @Test
    void idsAreRangesAndConflicts() throws IOException {
        var ids = ask("/rootbound/ids");
        var range = ids.get("Ranges").get(0);
        assertThat(range.get("First").longValue()).isEqualTo(1_879_048_192L);
        assertThat(range.get("Ids").longValue()).isEqualTo(65_536);
        assertThat(range.get("Kind").stringValue()).isEqualTo("lease");
        assertThat(range.get("Container").stringValue()).isEqualTo("n");
        assertThat(ids.get("Conflicts").get(0).stringValue()).isEqualTo("a conflict");
    }
}
