package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.Engine.WaitFor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class LifeTest {
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

    private String log(String id, boolean follow, long tail) throws Exception {
        var query = new Engine.LogQuery(Set.of(Engine.Stream.values()), follow, null, null, tail);
        var text = new StringBuilder();
        try (var log = test.engine.logs(CALLER, id, query)) {
            for (var entry = log.next(); entry.isPresent(); entry = log.next()) {
                text.append(
                        new String(entry.get().bytes(), java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void aContainerEndsWithItsCodeAndItsOutput() throws Exception {
        var id = test.create(TestSpec.shell("echo out; echo err >&2; exit 7"));
        var client = test.attach(id, false);
        try (var wait = test.engine.waitFor(CALLER, id, WaitFor.NEXT_EXIT)) {
            test.start(id);
            assertThat(wait.await().code()).isEqualTo(7);
        }
        client.end();
        assertThat(client.out()).isEqualTo("out\n");
        assertThat(client.err()).isEqualTo("err\n");
        assertThat(log(id, false, -1)).isEqualTo("out\nerr\n");
        assertThat(log(id, true, 1)).isEqualTo("err\n");
        assertThat(Leftovers.of(test)).isEmpty();
    }

    @Test
    void allOutputComesToWhoWasAttachedBefore() throws Exception {
        var id = test.create(TestSpec.shell("dd if=/dev/zero bs=1000 count=3000 2>/dev/null"));
        var client = test.attach(id, false);
        test.start(id);
        assertThat(client.end().size()).isEqualTo(3_000_000);
    }

    @Test
    void theEndOfInputReachesTheProcess() throws Exception {
        var id = test.create(TestSpec.of("cat").stdin());
        var client = test.attach(id, true);
        test.start(id);
        client.send("one\ntwo\n").attached().endInput();
        assertThat(client.end().out()).isEqualTo("one\ntwo\n");
        assertThat(test.waitFor(id)).isZero();
        client.send("nobody reads this").attached().endInput();
    }

    @Test
    void aFollowedLogEndsWithTheContainer() throws Exception {
        var id = test.started(TestSpec.shell("for i in 1 2 3; do echo $i; sleep 0.1; done"));
        assertThat(log(id, true, -1)).isEqualTo("1\n2\n3\n");
    }

    @Test
    void itsIdsAreItsLeaseAndAreReusedLast() throws Exception {
        test.blocks = 2;
        test.reopen();
        var first = test.started(TestSpec.of("sleep", "1000"));
        var lease = ids(first);
        test.engine.kill(CALLER, first, "KILL");
        assertThat(test.waitFor(first)).isEqualTo(137);
        var second = test.started(TestSpec.of("sleep", "1000"));
        assertThat(ids(second)).isNotEqualTo(lease);
        test.start(first);
        assertThat(ids(first)).isEqualTo(lease);
    }

    private long ids(String id) throws IOException {
        var container = test.inspect(id);
        var pid = ((ContainerState.Running) container.state()).pid();
        var map = Files.readString(Path.of("/proc/" + pid + "/uid_map")).strip().split(" +");
        var ids = Objects.requireNonNull(container.ids());
        var outside = ids.uids().entries().getFirst().outside();
        assertThat(map).containsExactly("0", outside.first() + "", "65536");
        return outside.first();
    }

    @Test
    void stopIsTermAndThenKill() throws Exception {
        var polite =
                test.ready(
                        TestSpec.shell(
                                "trap 'exit 3' TERM; > /ready; while :; do sleep 0.05; done"));
        test.engine.stop(CALLER, polite, null, 10);
        assertThat(test.waitFor(polite)).isEqualTo(3);
        var deaf = test.started(TestSpec.of("sleep", "1000"));
        test.engine.stop(CALLER, deaf, null, 0);
        assertThat(test.waitFor(deaf)).isEqualTo(137);
        assertThatThrownBy(() -> test.engine.stop(CALLER, deaf, null, 0))
                .isInstanceOf(EngineException.Unchanged.class);
    }

    @Test
    void whatRunsIsNotDeletedAndWhatIsDeletedIsGone() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        assertThatThrownBy(() -> test.engine.delete(CALLER, id, false))
                .isInstanceOf(EngineException.Conflict.class);
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.Unchanged.class);
        try (var wait = test.engine.waitFor(CALLER, id, WaitFor.REMOVED)) {
            test.engine.killAndDelete(CALLER, id, false);
            assertThat(wait.await().code()).isEqualTo(137);
        }
        assertThatThrownBy(() -> test.inspect(id)).isInstanceOf(EngineException.NotFound.class);
        assertThat(test.root.resolve("containers").resolve(id)).doesNotExist();
        assertThat(test.root.resolve("store/c").resolve(id)).doesNotExist();
    }

    @Test
    void anAutoRemovedContainerIsGoneWhenItsEndIsTold() throws Exception {
        var id = test.create("n1", TestSpec.shell("exit 5").removed());
        try (var wait = test.engine.waitFor(CALLER, id, WaitFor.REMOVED)) {
            test.start(id);
            assertThat(wait.await().code()).isEqualTo(5);
        }
        assertThatThrownBy(() -> test.inspect("n1")).isInstanceOf(EngineException.NotFound.class);
        assertThat(test.root.resolve("containers").resolve(id)).doesNotExist();
    }

    private Recorder exec(String id, boolean terminal, String... args) {
        var spec =
                new Engine.ExecSpec(
                        List.of(args), List.of(), "", "", terminal, true, true, true, false, "");
        var recorder = new Recorder();
        exec = test.engine.createExec(CALLER, id, spec);
        recorder.attachment = test.engine.startExec(CALLER, exec, 24, 80, recorder);
        return recorder;
    }

    private String exec = "";

    private @Nullable Integer code() {
        return test.engine.inspectExec(CALLER, exec).code();
    }

    @Test
    void anExecHasItsStreamsAndItsCode() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        var client = exec(id, false, "sh", "-c", "cat; echo err >&2; exit 9");
        client.send("in").attached().endInput();
        assertThat(client.end().out()).isEqualTo("in");
        assertThat(client.err()).isEqualTo("err\n");
        assertThat(code()).isEqualTo(9);
        client.send("nobody reads this").attached().endInput();
        assertThat(test.inspect(id).execIds()).isEmpty();
    }

    @Test
    void anExecOnATerminalHasItsSize() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        var client = exec(id, true, "sh", "-c", "tty >/dev/null && echo yes; sleep 0.3; stty size");
        assertThat(client.end().out()).isEqualTo("yes\r\n24 80\r\n");
        assertThat(code()).isZero();
    }

    @Test
    void anExecThatCannotRunSaysWhy() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        assertThat(exec(id, false, "nothing-of-that-name").end().out()).contains("not found");
        assertThat(code()).isEqualTo(127);
    }

    @Test
    void anExecWhoseClientLeavesGoesOn() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        var spec =
                new Engine.ExecSpec(
                        List.of("sh", "-c", "echo 1; sleep 0.2; echo 2; sleep 0.1; echo 3; exit 4"),
                        List.of(),
                        "",
                        "",
                        false,
                        false,
                        true,
                        true,
                        false,
                        "");
        exec = test.engine.createExec(CALLER, id, spec);
        var attachment =
                test.engine.startExec(
                        CALLER,
                        exec,
                        0,
                        0,
                        (_, _, _, _) -> {
                            throw new IOException("the client is gone");
                        });
        attachment.awaitEnd();
        assertThat(code()).isEqualTo(4);
    }

    @Test
    void anExecEndsWithItsContainer() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        var client = exec(id, false, "sh", "-c", "echo up; sleep 1000");
        while (client.size() == 0) {
            Thread.sleep(5);
        }
        test.engine.killAndDelete(CALLER, id, false);
        assertThat(client.end().out()).isEqualTo("up\n");
    }

    @Test
    void execsThatStartWhileTheContainerEndsLeaveNothing() throws Exception {
        for (int i = 0; i < 5; i++) {
            var id = test.started(TestSpec.of("sleep", "1000"));
            var client = exec(id, i % 2 == 0, "sleep", "1000");
            Thread.sleep(7L * i);
            test.engine.kill(CALLER, id, "KILL");
            client.end();
            test.waitFor(id);
            test.start(id); // nothing is in the way
        }
    }

    @Test
    void aContainersNewEndIsNotItsLast() throws Exception {
        var id = test.started(TestSpec.shell("[ -e /was ] && exit 2; touch /was; exit 1"));
        assertThat(test.waitFor(id)).isEqualTo(1);
        test.start(id);
        assertThat(test.waitFor(id)).isEqualTo(2);
    }

    @Test
    void manyStartAndEndAtTheSameTime() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 50; i++) {
                int code = i;
                all.add(
                        tasks.submit(() -> {
                            var id = test.started(TestSpec.shell("exit " + code));
                            return test.waitFor(id);
                        }));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(all.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(Leftovers.of(test)).isEmpty();
    }
}
