package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
    private static final Attack KERNEL = Attack.onKernel("k", "t", "w", _ -> "done");
    private static final Attack FILTER = Attack.onFilter("f", "t", "w", _ -> "done");

    @Test
    void eachAttackHasANameOfItsOwnAndSaysWhatAndWhy() {
        assertThat(Catalogue.ALL).extracting(Attack::name).doesNotHaveDuplicates();
        assertThat(Catalogue.ALL)
                .hasSizeGreaterThan(50)
                .allSatisfy(attack -> {
                    assertThat(attack.name()).matches("[a-z]+(-[a-z]+)*");
                    assertThat(attack.tries()).isNotBlank();
                    assertThat(attack.why()).isNotBlank();
                });
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED,true,true,true", "ABSENT,true,true,true",
        "NOT_TRIED,false,false,false", "SUCCEEDED,false,false,true"
    })
    void whatSucceedsHoldsOnlyIfAFilterAloneWasToRefuseItAndIsNotThere(
            Verdict verdict, boolean kernel, boolean filtered, boolean unfiltered) {
        assertThat(new Outcome(KERNEL, verdict, "").holds(true)).isEqualTo(kernel);
        assertThat(new Outcome(KERNEL, verdict, "").holds(false)).isEqualTo(kernel);
        assertThat(new Outcome(FILTER, verdict, "").holds(true)).isEqualTo(filtered);
        assertThat(new Outcome(FILTER, verdict, "").holds(false)).isEqualTo(unfiltered);
    }

    @Test
    void anErrorThatIsNoRefusalShowsNothing() {
        var refused = new ErrnoException("mount", "x", Errno.EPERM);
        var unclear = new ErrnoException("mount", "x", Errno.EINVAL);
        assertThat(KERNEL.ended(refused)).isEqualTo(Verdict.REFUSED);
        assertThat(KERNEL.ended(unclear)).isEqualTo(Verdict.NOT_TRIED);
        assertThat(KERNEL.ended(refused, unclear)).isEqualTo(Verdict.NOT_TRIED);
        assertThat(KERNEL.orRefusedBy(Errno.EINVAL).ended(refused, unclear))
                .isEqualTo(Verdict.REFUSED);
        assertThat(Set.of(KERNEL.ended())).containsExactly(Verdict.NOT_TRIED);
    }
}
