package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.Engine.WaitFor;
import dev.rootbound.engine.Engine.Waiting.Ended;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
class EndWaitTest {
    private final Set<EndWait> waits = new HashSet<>();

    @Test
    void anEndEndsAlsoTheWaitUntilItDoesNotRun() {
        assertThat(new EndWait(WaitFor.NOT_RUNNING, waits).isFor(WaitFor.NEXT_EXIT)).isTrue();
        assertThat(new EndWait(WaitFor.NEXT_EXIT, waits).isFor(WaitFor.NEXT_EXIT)).isTrue();
        assertThat(new EndWait(WaitFor.REMOVED, waits).isFor(WaitFor.NEXT_EXIT)).isFalse();
        assertThat(new EndWait(WaitFor.REMOVED, waits).isFor(WaitFor.REMOVED)).isTrue();
        assertThat(new EndWait(WaitFor.NEXT_EXIT, waits).isFor(WaitFor.REMOVED)).isFalse();
    }

    @Test
    void theFirstEndCounts() throws Exception {
        var wait = new EndWait(WaitFor.NEXT_EXIT, waits);
        wait.complete(new Ended(7, null));
        wait.complete(new Ended(8, null));
        assertThat(wait.await().code()).isEqualTo(7);
        assertThat(waits).isEmpty();
    }

    @Test
    void aWaitThatIsGivenUpIsForgotten() throws Exception {
        var wait = new EndWait(WaitFor.NEXT_EXIT, waits);
        wait.close();
        assertThat(wait.await().error()).isEqualTo("given up");
        assertThat(waits).isEmpty();
    }
}
