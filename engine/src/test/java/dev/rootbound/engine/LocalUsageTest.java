package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.runtime.Cgroup;
import dev.rootbound.runtime.Resources;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(120)
class LocalUsageTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final String COUNTS =
            "i=0; while :; do i=$((i+1)); echo $i >/count; sleep 0.01; done";
    private TestEngine test;

    @BeforeEach
    void open() throws IOException {
        test = new TestEngine();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var closing = test) {
            for (var container : closing.engine.list(CALLER)) {
                closing.engine.killAndDelete(CALLER, container.id(), false);
            }
            assertThat(Leftovers.of(test)).isEmpty();
        }
    }

    private Usage usage() {
        return test.engine.usage();
    }

    private Cgroup cgroup(String id) throws IOException {
        return Cgroup.of(running(id).pid(), id);
    }

    private ContainerState.Running running(String id) {
        return (ContainerState.Running) test.inspect(id).state();
    }

    private void conflict(
            String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPausedContainerStandsStillAlsoForTheNextEngine() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS));
        conflict("is not paused", () -> usage().unpause(CALLER, id));
        usage().pause(CALLER, id);
        assertThat(cgroup(id).isFrozen()).isTrue();
        assertThat(running(id).paused()).isTrue();
        conflict("already paused", () -> usage().pause(CALLER, id));
        conflict("unpause instead", () -> test.start(id));
        conflict("paused and must be unpaused", () -> test.engine.delete(CALLER, id, false));
        conflict("before exec", () -> test.engine.createExec(CALLER, id, exec()));
        conflict("before attach", () -> test.attach(id, false));

        test.reopen();
        assertThat(running(id).paused()).isTrue();
        assertThat(cgroup(id).isFrozen()).isTrue();
        usage().unpause(CALLER, id);
        assertThat(running(id).paused()).isFalse();
        assertThat(cgroup(id).isFrozen()).isFalse();
    }

    private static Engine.ExecSpec exec() {
        return new Engine.ExecSpec(
                List.of("true"), List.of(), "", "", false, false, true, true, false, "");
    }

    @Test
    void whatTheFreezerSaysIsTrue() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS));
        cgroup(id).freeze(); // as an engine that was killed before it wrote that down
        test.reopen();
        assertThat(running(id).paused()).isTrue();
        cgroup(id).thaw();
        test.reopen();
        assertThat(running(id).paused()).isFalse();
    }

    @Test
    void aPausedContainerCanBeStoppedKilledAndDeleted() throws Exception {
        var stopped =
                test.ready(
                        TestSpec.shell(
                                "trap 'exit 3' TERM; > /ready; while :; do sleep 0.01; done"));
        usage().pause(CALLER, stopped);
        test.engine.stop(CALLER, stopped, null, 20);
        assertThat(test.waitFor(stopped)).isEqualTo(3);
        var killed = test.started(TestSpec.shell(COUNTS));
        usage().pause(CALLER, killed);
        test.engine.kill(CALLER, killed, "KILL");
        assertThat(test.waitFor(killed)).isEqualTo(137);
        var deleted = test.started(TestSpec.shell(COUNTS));
        usage().pause(CALLER, deleted);
        test.engine.killAndDelete(CALLER, deleted, false);
        conflict("is not running", () -> usage().pause(CALLER, killed));
    }

    private static Resources limits(long memory, String cpus) {
        return new Resources(memory, 0, 0, null, 0, 0, 0, 0, cpus, "", 20, 0, false);
    }

    @Test
    void newLimitsAreInForceAtOnceAndAtTheNextStart() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS));
        long size = 64 << 20;
        assertThat(usage().update(CALLER, id, limits(size, ""))).isEmpty();
        assertThat(cgroup(id).stats().memory().limit()).isEqualTo(size);
        assertThat(cgroup(id).stats().pids().limit()).isEqualTo(20);
        test.reopen();
        assertThat(test.inspect(id).spec().resources().memory()).isEqualTo(size);
        test.engine.kill(CALLER, id, "");
        test.waitFor(id);
        test.start(id);
        assertThat(cgroup(id).stats().memory().limit()).isEqualTo(size);
    }

    @Test
    void refusedLimitsChangeNothing() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS));
        assertThatThrownBy(() -> usage().update(CALLER, id, limits(64 << 20, "4000")))
                .isInstanceOf(EngineException.class);
        assertThat(test.inspect(id).spec().resources()).isEqualTo(Resources.DEFAULT);
        assertThat(cgroup(id).stats().pids().limit()).isEqualTo(4096);
        test.reopen();
        assertThat(test.inspect(id).spec().resources()).isEqualTo(Resources.DEFAULT);
    }

    private long cpu(String id) {
        return usage().sample(CALLER, id).orElseThrow().cgroup().cpu().total();
    }

    @Test
    void whatIsUsedAndWhatRunsIsSeen() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS).user("12:34"));
        var first = usage().sample(CALLER, id).orElseThrow();
        TestEngine.await(() -> cpu(id) > first.cgroup().cpu().total());
        var second = usage().sample(CALLER, id).orElseThrow();
        assertThat(second.host().nanos()).isGreaterThan(first.host().nanos());
        assertThat(second.networks()).containsOnlyKeys("eth0");
        var table = usage().processes(CALLER, id, "-o pid,uid,args");
        try (var events =
                test.engine.events().subscribe(CALLER, null, null, e -> e.action().equals("top"))) {
            var _ = usage().processes(CALLER, id, "");
            assertThat(events.next().orElseThrow().id()).isEqualTo(id);
        }
        long uid =
                java.util.Objects.requireNonNull(test.inspect(id).ids())
                        .uids()
                        .toHost(12)
                        .orElseThrow();
        assertThat(table.titles()).containsExactly("PID", "UID", "COMMAND");
        assertThat(table.rows())
                .contains(List.of("" + running(id).pid(), "" + uid, "sh -c " + COUNTS));
        test.engine.kill(CALLER, id, "");
        test.waitFor(id);
        assertThat(usage().sample(CALLER, id)).isEmpty();
        conflict("is not running", () -> usage().processes(CALLER, id, ""));
    }

    @Test
    void anOomKillOfAnyProcessIsRemembered() throws Exception {
        var id = test.create(TestSpec.shell("tail /dev/zero; exit 5"));
        usage().update(CALLER, id, limits(16 << 20, ""));
        test.start(id);
        assertThat(test.waitFor(id)).isEqualTo(5);
        assertThat(((ContainerState.Exited) test.inspect(id).state()).oomKilled()).isTrue();
    }

    @Test
    void anotherTenantsContainerIsNotThere() throws Exception {
        var id = test.started(TestSpec.shell(COUNTS));
        var other = new Caller(new dev.rootbound.idmap.Tenant(54322), 54322, 54322, List.of());
        List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> questions =
                List.of(
                        () -> usage().pause(other, id),
                        () -> usage().unpause(other, id),
                        () -> usage().update(other, id, Resources.DEFAULT),
                        () -> usage().sample(other, id),
                        () -> usage().processes(other, id, ""));
        for (var question : questions) {
            assertThatThrownBy(question).isInstanceOf(EngineException.NotFound.class);
        }
    }
}
