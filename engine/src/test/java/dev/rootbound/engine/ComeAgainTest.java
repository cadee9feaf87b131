package dev.rootbound.engine;

import static dev.rootbound.engine.TestEngine.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.RestartPolicy.When;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Restarts, names and health checks of real containers. */
@Tag("kernel")
@Timeout(120)
class ComeAgainTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private TestEngine test;

    @BeforeEach
    void open() throws IOException {
        test = new TestEngine();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var closing = test) {
            for (var container : closing.engine.list(CALLER)) {
                test.engine.killAndDelete(CALLER, container.id(), false);
            }
            assertThat(Leftovers.of(test)).isEmpty();
        }
    }

    private static TestSpec policy(When when, int retries, String script) {
        var spec = TestSpec.shell(script);
        spec.restart = new RestartPolicy(when, retries);
        return spec;
    }

    private boolean isRestarting(String id) {
        return test.inspect(id).state() instanceof ContainerState.Restarting;
    }

    private boolean isExited(String id) {
        return test.inspect(id).state() instanceof ContainerState.Exited;
    }

    private long pid(String id) {
        return test.inspect(id).state() instanceof ContainerState.Running r ? r.pid() : 0;
    }

    @Test
    void aFailureIsRetriedAsOftenAsAsked() throws Exception {
        var id = test.started(TestSpec.shell("exit 3"));
        assertThat(test.waitFor(id)).isEqualTo(3);
        assertThat(test.inspect(id).restarts()).isZero();
        test.engine.setRestartPolicy(CALLER, id, new RestartPolicy(When.ON_FAILURE, 2));
        test.start(id);
        assertThat(test.waitFor(id)).isEqualTo(3); // the first end
        await(() -> isExited(id));
        assertThat(test.inspect(id).restarts()).isEqualTo(2);
        test.start(id);
        assertThat(test.inspect(id).restarts()).isLessThan(2);
        await(() -> isExited(id));
        assertThat(test.inspect(id).restarts()).isEqualTo(2);
    }

    @Test
    void aContainerBetweenTwoRunsCanBeStoppedKilledAndRemoved() throws Exception {
        var id = test.started(policy(When.ALWAYS, 0, "exit 3"));
        await(() -> test.inspect(id).restarts() > 2 && isRestarting(id));
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.Unchanged.class);
        assertThatThrownBy(() -> test.engine.delete(CALLER, id, false))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("container is restarting");
        test.engine.stop(CALLER, id, null, null);
        assertThat(isExited(id)).isTrue();
        Thread.sleep(1000);
        assertThat(isExited(id)).isTrue();
        for (var end : List.of("kill", "remove")) {
            test.start(id);
            await(() -> test.inspect(id).restarts() > 1 && isRestarting(id));
            if (end.equals("kill")) {
                test.engine.kill(CALLER, id, "");
                assertThat(isExited(id)).isTrue();
            } else {
                test.engine.killAndDelete(CALLER, id, false);
            }
        }
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void whatIsStoppedStaysSoButASignalIsNoStop() throws Exception {
        var id =
                test.ready(
                        policy(
                                When.ALWAYS,
                                0,
                                "trap 'exit 4' HUP; > /ready; while :; do sleep 0.05; done"));
        test.engine.kill(CALLER, id, "HUP");
        await(() -> test.inspect(id).restarts() == 1 && pid(id) > 0);
        test.engine.kill(CALLER, id, "KILL");
        await(() -> isExited(id));
        Thread.sleep(500);
        assertThat(isExited(id)).isTrue();
    }

    @Test
    void aNewEngineStartsWhatItsPolicyWants() throws Exception {
        var script = "sleep 1000";
        var always = test.started(policy(When.ALWAYS, 0, script));
        var unless = test.started(policy(When.UNLESS_STOPPED, 0, script));
        var stopped = test.started(policy(When.UNLESS_STOPPED, 0, script));
        var never = test.create(policy(When.ALWAYS, 0, script));
        test.engine.stop(CALLER, always, "KILL", null);
        test.engine.stop(CALLER, stopped, "KILL", null);
        test.engine.close();
        kill(unless); // while there is no engine
        test.awaitEndOf(unless);
        test.reopen();
        await(() -> pid(always) > 0 && pid(unless) > 0);
        assertThat(test.inspect(unless).restarts()).isEqualTo(1);
        assertThat(isExited(stopped)).isTrue();
        assertThat(test.inspect(never).state()).isInstanceOf(ContainerState.Created.class);
    }

    private void kill(String id) throws IOException {
        var pid = Files.readString(test.run.resolve("c").resolve(id).resolve("pid")).strip();
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
    }

    @Test
    void anEngineThatEndsBetweenTwoRunsGoesOnWithTheNext() throws Exception {
        var id = test.started(policy(When.ALWAYS, 0, "exit 3"));
        await(() -> test.inspect(id).restarts() > 3 && isRestarting(id));
        int before = test.inspect(id).restarts();
        test.reopen();
        await(() -> test.inspect(id).restarts() > before + 1);
    }

    @Test
    void aRestartThatFailsIsTriedAgain() throws Exception {
        var real = test.tools;
        var fault = test.top.resolve("fault");
        test.replaceRuntime(
                "case \" $* \" in *' create '*) [ -e %s ] && echo broken >&2 && exit 1;; esac\nexec %s \"$@\""
                        .formatted(fault, real.runtime()));
        var id = test.started(policy(When.UNLESS_STOPPED, 0, "sleep 1000"));
        Files.createFile(fault);
        kill(id);
        await(() -> test.inspect(id).restarts() > 2 && isRestarting(id));
        if (test.inspect(id).state() instanceof ContainerState.Restarting waiting) {
            assertThat(waiting.last().error()).contains("broken");
            assertThat(waiting.last().code()).isNotZero();
        }
        Files.delete(fault);
        await(() -> pid(id) > 0);
    }

    @Test
    void afterARestartOfTheHostPoliciesApply() throws Exception {
        var again = test.started(policy(When.UNLESS_STOPPED, 0, "sleep 1000"));
        var not = test.started(TestSpec.of("sleep", "1000"));
        test.engine.close();
        forgetRunning(again);
        forgetRunning(not);
        test.reopen();
        await(() -> pid(again) > 0);
        assertThat(isExited(not)).isTrue();
    }

    /** As the kernel's end does. */
    private void forgetRunning(String id) throws Exception {
        kill(id);
        test.awaitEndOf(id);
        var bundle = new dev.rootbound.runtime.Bundle(id, test.run.resolve("c").resolve(id));
        var state = test.run.resolve("runtime").toString();
        var runtime = test.tools.runtime().toString();
        new ProcessBuilder(runtime, "--root", state, "delete", "--force", id).start().waitFor();
        new BundleDirectory(bundle).close();
    }

    @Test
    void aRestartKeepsAContainerThatRemovesItself() throws Exception {
        var id =
                test.ready(
                        TestSpec.shell("trap 'exit 0' TERM; > /ready; while :; do sleep 0.05; done")
                                .removed());
        long before = pid(id);
        test.engine.restart(CALLER, id, null, null);
        assertThat(pid(id)).isPositive().isNotEqualTo(before);
        test.engine.kill(CALLER, id, "");
        assertThatThrownBy(() -> test.inspect(id)).isInstanceOf(EngineException.NotFound.class);
        var created = test.create(TestSpec.of("sleep", "1000"));
        test.engine.restart(CALLER, created, null, 0);
        assertThat(pid(created)).isPositive();
    }

    @Test
    void aContainerWhoseEngineDiesInARestartOfItComesAgainByItsPolicy() throws Exception {
        var id =
                test.ready(
                        policy(
                                When.UNLESS_STOPPED,
                                0,
                                "trap '' TERM; > /ready; while :; do sleep 0.05; done"));
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            asking.execute(() -> test.engine.restart(CALLER, id, null, 1));
            Thread.sleep(300);
            var written = StateFile.read(test.root.resolve("containers").resolve(id));
            assertThat(written.stopAsked()).isFalse(); // what the next engine goes by
        }
        assertThat(pid(id)).isPositive();
        test.engine.stop(CALLER, id, null, 0);
        assertThat(StateFile.read(test.root.resolve("containers").resolve(id)).stopAsked())
                .isTrue();
    }

    @Test
    void twoRestartsAtOnceKeepAContainerThatRemovesItself() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000").removed());
        for (int i = 0; i < 3; i++) {
            try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int client = 0; client < 2; client++) {
                    both.execute(() -> test.engine.restart(CALLER, id, null, 0));
                }
            }
            await(() -> pid(id) > 0);
        }
    }

    @Test
    void aContainerThatRemovesItselfDoesSoWhenItsEngineDiedInARestartOfIt() throws Exception {
        var id = test.create(TestSpec.of("true").removed());
        test.engine.close();
        var ended = new ContainerState.Exited(0, false, TestContainers.NOW, Instant.now(), null);
        var directory = test.root.resolve("containers").resolve(id);
        StateFile.write(directory, StateFile.read(directory).with(ended, null, null));
        test.reopen();
        assertThatThrownBy(() -> test.inspect(id)).isInstanceOf(EngineException.NotFound.class);
        assertThat(directory).doesNotExist();
    }

    @Test
    void aNameIsFreeWhenItsContainerHasAnother() throws Exception {
        var id = test.create("one", TestSpec.of("true"));
        test.engine.rename(CALLER, "one", "two");
        assertThat(test.inspect("two").id()).isEqualTo(id);
        var other = test.create("one", TestSpec.of("true"));
        assertThatThrownBy(() -> test.engine.rename(CALLER, other, "two"))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining(
                        "Error when allocating new name: Conflict. The container name");
        assertThatThrownBy(() -> test.engine.rename(CALLER, other, "one"))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("same name");
        assertThatThrownBy(() -> test.engine.rename(CALLER, other, "/"))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("Invalid container name");
        test.reopen();
        assertThat(test.inspect("two").id()).isEqualTo(id);
        assertThat(test.inspect("one").id()).isEqualTo(other);
    }

    @Test
    void aPolicyAndSelfRemovalExcludeEachOther() {
        assertThatThrownBy(() -> test.create(policy(When.ALWAYS, 0, "true").removed()))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessage("can't create 'AutoRemove' container with restart policy");
        var id = test.create(TestSpec.of("true").removed());
        var always = new RestartPolicy(When.ALWAYS, 0);
        assertThatThrownBy(() -> test.engine.setRestartPolicy(CALLER, id, always))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("AutoRemove is enabled");
    }

    private static TestSpec probed(String probe, int timeoutMillis) {
        var spec = TestSpec.of("sleep", "1000").user("500:50");
        var interval = Duration.ofMillis(50);
        spec.health =
                new HealthCheck(
                        List.of("CMD-SHELL", probe),
                        interval,
                        Duration.ofMillis(timeoutMillis),
                        Duration.ZERO,
                        Duration.ZERO,
                        2,
                        List.of());
        return spec;
    }

    private void exec(String id, String... words) {
        var spec =
                new Engine.ExecSpec(
                        List.of(words), List.of(), "", "", false, false, false, false, false, "");
        test.engine.startExecDetached(CALLER, test.engine.createExec(CALLER, id, spec));
    }

    private Health health(String id) {
        return java.util.Objects.requireNonNull(test.inspect(id).health());
    }

    private boolean is(String id, Health.Status status) {
        return health(id).status() == status;
    }

    @Test
    void aHealthCheckRunsAsTheContainersUser() throws Exception {
        var id = test.started(probed("id; [ ! -e /tmp/ill ]", 5000));
        assertThat(health(id)).isEqualTo(Health.STARTING);
        await(() -> is(id, Health.Status.HEALTHY));
        assertThat(health(id).log().getFirst().output()).startsWith("uid=500");
        test.reopen();
        assertThat(is(id, Health.Status.HEALTHY)).isTrue();
        exec(id, "touch", "/tmp/ill");
        await(() -> is(id, Health.Status.UNHEALTHY));
        assertThat(health(id).log().getLast().code()).isEqualTo(1);
        exec(id, "rm", "/tmp/ill");
        await(() -> is(id, Health.Status.HEALTHY));
        test.engine.kill(CALLER, id, "");
        assertThat(is(id, Health.Status.UNHEALTHY)).isTrue();
    }

    @Test
    void aProbeThatTakesTooLongIsKilledWithAllItStarted() throws Exception {
        var id = test.started(probed("echo begun; setsid sleep 4321 & sleep 4321", 1000));
        await(() -> !health(id).log().isEmpty());
        var result = health(id).log().getFirst();
        assertThat(result.code()).isEqualTo(-1);
        assertThat(result.output()).isEqualTo("Health check exceeded timeout (1s): begun\n");
        test.engine.stop(CALLER, id, "KILL", null);
        assertThat(sleepers()).isEmpty();
        test.start(id);
        await(() -> sleepers().size() >= 2);
        await(() -> sleepers().isEmpty());
        assertThat(pid(id)).isPositive();
    }

    private static List<String> sleepers() {
        try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            var found = new java.util.ArrayList<String>();
            for (var each : all) {
                try {
                    if (Files.readString(each.resolve("cmdline")).startsWith("sleep\0004321")) {
                        found.add(each.toString());
                    }
                } catch (IOException e) {
                    // ended
                }
            }
            return found;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
