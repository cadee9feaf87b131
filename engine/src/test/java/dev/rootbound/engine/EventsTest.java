package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.Events.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class EventsTest {
    private static final Caller CALLER = TestEngine.CALLER;
    @AutoClose private final TestEngine test = TestEngine.open();

    private List<Event> past() throws InterruptedException {
        var all = new ArrayList<Event>();
        try (var past = test.engine.events().subscribe(CALLER, null, Instant.now(), _ -> true)) {
            for (var next = past.next(); next.isPresent(); next = past.next()) {
                all.add(next.get());
            }
        }
        return all;
    }

    private List<String> actions() throws InterruptedException {
        return past().stream().map(Event::action).toList();
    }

    @Test
    void aRunIsTold() throws Exception {
        var id = test.create("n1", TestSpec.shell("exit 3").removed());
        var client = test.attach(id, false);
        try (var wait = test.engine.waitFor(CALLER, id, Engine.WaitFor.REMOVED)) {
            test.start(id);
            wait.await();
        }
        client.end();
        assertThat(actions())
                .containsExactly(
                        "create", "attach", "connect", "start", "die", "disconnect", "destroy");
        var die = past().get(4);
        assertThat(die.id()).isEqualTo(id);
        assertThat(die.attributes())
                .containsEntry("exitCode", "3")
                .containsEntry("execDuration", "0")
                .containsEntry("name", "n1")
                .containsEntry("image", "rootbound/busybox");
    }

    @Test
    void aStopIsItsSignalsAndItsEnd() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        test.engine.stop(CALLER, id, null, 0);
        test.engine.delete(CALLER, id, false);
        assertThat(actions())
                .containsExactly(
                        "create",
                        "connect",
                        "start",
                        "kill",
                        "kill",
                        "die",
                        "disconnect",
                        "stop",
                        "destroy");
        var signals = past().stream().map(e -> e.attributes().get("signal")).toList();
        assertThat(signals).containsSubsequence("15", "9");
    }

    @Test
    void anExecIsTold() throws Exception {
        var id = test.started(TestSpec.of("sleep", "1000"));
        var spec =
                new Engine.ExecSpec(
                        List.of("sh", "-c", "exit 4"),
                        List.of(),
                        "",
                        "",
                        false,
                        false,
                        true,
                        true,
                        false,
                        "");
        var exec = test.engine.createExec(CALLER, id, spec);
        try (var attached = test.engine.startExec(CALLER, exec, 0, 0, (_, _, _, _) -> {})) {
            attached.awaitEnd();
        }
        assertThat(actions())
                .containsSubsequence(
                        "exec_create: sh -c exit 4", "exec_start: sh -c exit 4", "exec_die");
        assertThat(past().getLast().attributes())
                .containsEntry("execID", exec)
                .containsEntry("exitCode", "4");
    }

    @Test
    void imagesAreToldByTheirNames() throws Exception {
        test.create(TestSpec.of("true"));
        test.engine.tag(CALLER, "rootbound/busybox", "other:1");
        test.engine.removeImage(CALLER, "other:1", false);
        var images = past().stream().filter(e -> e.type() == Events.Type.IMAGE).toList();
        assertThat(images).extracting(Event::action).containsExactly("tag", "untag");
        assertThat(images.getFirst().attributes()).containsEntry("name", "other:1");
    }
}
