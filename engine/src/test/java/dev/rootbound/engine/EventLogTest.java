package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.Events.Event;
import dev.rootbound.engine.Events.Subscription;
import dev.rootbound.idmap.Tenant;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventLogTest {
    private static final Caller ALICE = caller(1);
    private static final Caller BOB = caller(2);

    private Instant now = Instant.ofEpochSecond(1000);
    private final EventLog events = new EventLog((InstantSource) () -> now);

    private static Caller caller(long uid) {
        return new Caller(new Tenant(uid), uid, uid, List.of());
    }

    private void publish(Caller who, String action) {
        events.publish(who.tenant(), Events.Type.CONTAINER, action, "c1", Map.of());
        now = now.plusSeconds(1);
    }

    private static String read(Subscription from, int count) throws InterruptedException {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(from.next().map(Event::action).orElse("-"));
        }
        return text.toString();
    }

    @Test
    void onlyWhatIsToComeIsGivenToWhoDoesNotAskForThePast() throws Exception {
        publish(ALICE, "a");
        try (var all = events.subscribe(ALICE, null, null, _ -> true)) {
            publish(ALICE, "b");
            assertThat(read(all, 1)).isEqualTo("b");
        }
    }

    @Test
    void bothEndsOfThePastBelongToIt() throws Exception {
        for (var action : List.of("a", "b", "c", "d")) {
            publish(ALICE, action);
        }
        var since = Instant.ofEpochSecond(1001);
        try (var past = events.subscribe(ALICE, since, since.plusSeconds(1), _ -> true)) {
            assertThat(read(past, 3)).isEqualTo("bc-");
        }
        try (var past = events.subscribe(ALICE, null, since, _ -> true)) {
            assertThat(read(past, 3)).isEqualTo("ab-");
        }
    }

    @Test
    void aSubscriptionEndsWhenItsTimeHasCome() throws Exception {
        var real = new EventLog(InstantSource.system());
        try (var some = real.subscribe(ALICE, null, Instant.now().plusMillis(50), _ -> true)) {
            assertThat(some.next()).isEmpty();
        }
        try (var never = real.subscribe(ALICE, null, Instant.MAX, _ -> true)) {
            real.publish(ALICE.tenant(), Events.Type.IMAGE, "tag", "i", Map.of());
            assertThat(read(never, 1)).isEqualTo("tag");
        }
    }

    @Test
    void anotherTenantsEventsAreNeitherSeenNorInTheWay() throws Exception {
        try (var mine = events.subscribe(ALICE, Instant.EPOCH, null, _ -> true)) {
            publish(ALICE, "a");
            for (int i = 0; i <= Events.KEPT; i++) {
                publish(BOB, "x");
            }
            publish(ALICE, "b");
            assertThat(read(mine, 2)).isEqualTo("ab");
        }
    }

    @Test
    void aReaderThatLagsTooFarIsTold() throws Exception {
        try (var slow = events.subscribe(ALICE, null, null, _ -> true)) {
            for (int i = 0; i < Events.KEPT; i++) {
                publish(ALICE, "x");
            }
            assertThat(read(slow, 1)).isEqualTo("x");
            publish(ALICE, "y");
            assertThat(read(slow, 1)).isEqualTo("x");
            publish(ALICE, "y");
            publish(ALICE, "y");
            assertThatThrownBy(slow::next)
                    .isInstanceOf(EngineException.Failed.class)
                    .hasMessageContaining("1 events are lost");
        }
    }

    @Test
    void onlyTheLatestAreKept() throws Exception {
        for (int i = 0; i < Events.KEPT + 7; i++) {
            publish(ALICE, i + " ");
        }
        try (var past = events.subscribe(ALICE, Instant.EPOCH, null, _ -> true)) {
            assertThat(read(past, 2)).isEqualTo("7 8 ");
        }
    }

    @Test
    void aClosedSubscriptionLetsItsReaderGo() throws Exception {
        var open = events.subscribe(ALICE, null, null, _ -> true);
        Thread.ofVirtual().start(open::close);
        assertThat(open.next()).isEmpty();
    }

    @Test
    void aContainersEventsHaveItsLabelsAndItsNames() throws Exception {
        var spec = TestSpec.of("true");
        spec.labels = Map.of("tier", "web");
        var container = TestContainers.of("c1", "n1", 1, spec.build());
        try (var all = events.subscribe(ALICE, null, null, _ -> true)) {
            events.publishEnd(container, now, 137, true, now.plusMillis(2900));
            assertThat(all.next().orElseThrow().action()).isEqualTo("oom");
            var die = all.next().orElseThrow();
            assertThat(die.attributes())
                    .hasToString(
                            "{execDuration=2, exitCode=137, image=rootbound/busybox, name=n1,"
                                    + " tier=web}");
        }
    }
}
