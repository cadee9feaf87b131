package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.linux.Stat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileChecksTest {
    private static final int DIRECTORY = Stat.DIRECTORY;

    private final Ledger ledger = new Ledger();

    private List<Subject> broken(Tree tree) {
        new FileChecks(ledger).check(tree);
        return Made.broken(ledger);
    }

    private List<Subject> brokenStore(int mode, long uid) {
        var stat = new Stat(mode, uid, uid, 0, 0, 1, 0, 0, 0, 0, 0);
        new FileChecks(ledger).check(Path.of(Made.STORE), stat);
        return Made.broken(ledger);
    }

    @Test
    void filesOfTheForeignRangeAreAsTheyShouldBe() {
        assertThat(broken(new Tree("/store/c/1", 7, true, List.of()))).isEmpty();
        assertThat(ledger.has(Subject.FILES)).isTrue();
    }

    @Test
    void aFileOfSomebodyElsesIsFound() {
        assertThat(broken(new Tree("/store/c/1", 7, true, List.of("/x is owned by 0:0"))))
                .containsExactly(Subject.FILES);
    }

    @Test
    void filesThatWereNotLookedAtAreToldOf() {
        new FileChecks(ledger).check(new Tree("/store/c/1", 200_000, false, List.of()));
        assertThat(ledger.statement(Subject.FILES).evidence().getFirst())
                .startsWith("the first 200000 files")
                .contains("not looked at");
    }

    @Test
    void aClosedStoreIsAsItShouldBe() {
        assertThat(brokenStore(DIRECTORY | 0700, 2_147_352_576L)).isEmpty();
        assertThat(ledger.has(Subject.STORE)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0755, 2147352576", "0710, 0", "0700, 1000"})
    void aStoreThatSomebodyCanEnterIsFound(String mode, long uid) {
        assertThat(brokenStore(DIRECTORY | Integer.parseInt(mode, 8), uid))
                .containsExactly(Subject.STORE);
    }
}
