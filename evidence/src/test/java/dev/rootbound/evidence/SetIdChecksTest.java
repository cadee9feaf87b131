package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.evidence.HostMount.Owner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetIdChecksTest {
    private static final Owner ROOT_INSIDE = new Owner(Made.LEASE, Made.LEASE);
    private static final Owner NOBODY = new Owner(65_534, 65_534);

    private final Ledger ledger = new Ledger();
    private final SetIdChecks checks =
            new SetIdChecks(Made.claim(), Made.ids(Made.claim()), ledger);

    private List<Subject> broken(int mode, Owner seen, Owner disk) {
        var file = new SetIdFiles.File("/home/a/x", mode, seen, disk);
        checks.check(new SetIdFiles("/home/a", 7, true, List.of(file)), new Owner(1000, 1000));
        return Made.broken(ledger);
    }

    @ParameterizedTest
    @CsvSource({"1000,100", "100005,100006"})
    void whatIsOnDiskOfItsTenantGivesNothingMore(long uid, long gid) {
        assertThat(broken(06755, ROOT_INSIDE, new Owner(uid, gid))).isEmpty();
        assertThat(ledger.statement(Subject.SET_IDS).evidence().getFirst())
                .contains("/home/a: 7 files", "1 set-user-ID", "0 that it cannot", "x (6755)");
    }

    @ParameterizedTest
    @CsvSource({
        "4755,0,100",
        "4755,1001,100",
        "2755,1000,0",
        "4755,200000,100",
        "4755,2147352576,100"
    })
    void whatItCanMakeOfOthersIsFound(String mode, long uid, long gid) {
        assertThat(broken(Integer.parseInt(mode, 8), ROOT_INSIDE, new Owner(uid, gid)))
                .containsExactly(Subject.SET_IDS);
    }

    @Test
    void whatItCannotHaveMadeIsNotItsDoing() {
        assertThat(broken(04755, NOBODY, new Owner(0, 0))).isEmpty();
        assertThat(ledger.statement(Subject.SET_IDS).evidence().getFirst())
                .contains("1 that it cannot");
    }

    @Test
    void whereNothingIsOfTheHostsThatIsSaid() {
        checks.end();
        assertThat(ledger.statement(Subject.SET_IDS).holds()).isTrue();
    }
}
