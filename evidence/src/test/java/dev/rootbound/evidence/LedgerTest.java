package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void whatNothingWasFoundOfDoesNotHold() {
        assertThat(ledger.statements()).hasSameSizeAs(Subject.values());
        assertThat(ledger.statements()).noneMatch(Statement::holds);
        assertThat(new Report(Made.claim(), 0, List.of()).holds()).isFalse();
    }

    @Test
    void oneContradictionIsEnoughAndComesFirst() {
        ledger.add(Subject.IDS, true, "pid 1 (a)", "uid 5");
        ledger.add(Subject.IDS, false, "pid 2 (b)", "uid 0");
        assertThat(ledger.statement(Subject.IDS).holds()).isFalse();
        assertThat(ledger.statement(Subject.IDS).evidence())
                .containsExactly("pid 2 (b): uid 0", "pid 1 (a): uid 5");
    }

    @Test
    void theSameFindingOfManyIsOneLine() {
        for (int pid = 1; pid <= 10; pid++) {
            ledger.add(Subject.IDS, true, "pid " + pid, "uid 5");
        }
        assertThat(ledger.statement(Subject.IDS).evidence())
                .containsExactly(
                        "pid 1, pid 2, pid 3, pid 4, pid 5, pid 6, pid 7, pid 8 and 2 more: uid 5");
    }

    @Test
    void manyFindingsAreCountedAndStillDoNotHold() {
        for (int i = 0; i < 100; i++) {
            ledger.add(Subject.FILES, false, "", "file " + i);
        }
        var lines = ledger.statement(Subject.FILES).evidence();
        assertThat(lines).hasSize(41);
        assertThat(lines.getLast()).isEqualTo("and 60 more findings like these");
        assertThat(ledger.statement(Subject.FILES).holds()).isFalse();
    }

    @Test
    void aNameForProgramsIsMadeOfTheSubject() {
        assertThat(ledger.statements().getFirst().name()).isEqualTo("first-process");
    }
}
