package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scenario 23: a container that joins another's namespaces joins its user namespace. */
@Tag("kernel")
@Timeout(60)
class JoiningTest {
    private static final int USER = 0;
    private static final int NETWORK = 1;
    private static final int IPC = 2;
    private static final int PID = 3;
    private static final List<String> TYPES = List.of("user", "net", "ipc", "pid");

    @AutoClose private final TestEngine test = TestEngine.open();

    private String sleeping(Isolation isolation) {
        return test.started(TestSpec.of("sleep", "1000").isolation(isolation));
    }

    private String namespace(String id, int which) throws IOException {
        var running = (ContainerState.Running) test.inspect(id).state();
        return Files.readSymbolicLink(Path.of("/proc/" + running.pid() + "/ns/" + TYPES.get(which)))
                .toString();
    }

    @Test
    void whoJoinsANamespaceJoinsTheUserNamespaceThatOwnsIt() throws Exception {
        var other = sleeping(TestIsolation.mode(IPC, "shareable"));
        for (int which = USER; which <= PID; which++) {
            var id = sleeping(TestIsolation.mode(which, "container:" + other));
            assertThat(test.inspect(id).ids()).isEqualTo(test.inspect(other).ids());
            for (int each = USER; each <= PID; each++) {
                boolean joined = each == USER || each == which;
                assertThat(namespace(id, each).equals(namespace(other, each)))
                        .as(TYPES.get(which) + " joined: " + TYPES.get(each))
                        .isEqualTo(joined);
            }
            assertThat(test.pool.leased()).isEqualTo(1);
        }
    }

    @Test
    void theIdsAreLeasedAsLongAsOneOfThemRunsAlsoForTheNextEngine() throws Exception {
        var other = sleeping(Isolation.DEFAULT);
        var id = sleeping(TestIsolation.mode(NETWORK, "container:" + other));
        var ids = test.inspect(id).ids();
        test.engine.killAndDelete(TestEngine.CALLER, other, false);
        assertThat(test.pool.leased()).isEqualTo(1);
        test.reopen();
        assertThat(test.inspect(id).ids()).isEqualTo(ids);
        assertThat(test.pool.leased()).isEqualTo(1);
        assertThat(test.inspect(sleeping(Isolation.DEFAULT)).ids()).isNotEqualTo(ids);
        // its network namespace is still there to be joined
        var third = sleeping(TestIsolation.mode(NETWORK, "container:" + id));
        assertThat(namespace(third, NETWORK)).isEqualTo(namespace(id, NETWORK));
        for (var each : List.of(id, third)) {
            test.engine.killAndDelete(TestEngine.CALLER, each, false);
        }
        assertThat(test.pool.leased()).isEqualTo(1);
    }

    @Test
    void bothAreFoundAgainByTheNextEngine() throws Exception {
        var other = sleeping(Isolation.DEFAULT);
        var id = sleeping(TestIsolation.mode(PID, "container:" + other));
        test.reopen();
        assertThat(test.inspect(id).isRunning()).isTrue();
        assertThat(test.inspect(other).isRunning()).isTrue();
        assertThat(test.pool.leased()).isEqualTo(1);
        // whose process namespace it is takes all with it
        test.engine.kill(TestEngine.CALLER, other, "KILL");
        assertThat(test.waitFor(id)).isEqualTo(137);
    }

    @Test
    void whatTheyShareInMemoryIsShared() throws Exception {
        var other = sleeping(TestIsolation.mode(IPC, "shareable"));
        var writer = TestSpec.shell("echo shared > /dev/shm/x");
        var ipc = TestIsolation.mode(IPC, "container:" + other);
        var id = test.started(writer.isolation(ipc));
        assertThat(test.waitFor(id)).isZero();
        var reader = test.create(TestSpec.shell("cat /dev/shm/x; mount | grep shm").isolation(ipc));
        var client = test.attach(reader, false);
        test.start(reader);
        assertThat(client.end().out()).contains("shared").contains("nosuid,nodev,noexec");
    }

    @Test
    void whatCannotBeJoinedIsRefusedWithTheReason() throws Exception {
        var privately = sleeping(Isolation.DEFAULT);
        var other = sleeping(Isolation.DEFAULT);
        assertThatThrownBy(() -> sleeping(TestIsolation.mode(IPC, "container:" + privately)))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("non-shareable IPC");
        var both =
                TestIsolation.mode(NETWORK, "container:" + privately)
                        .withJoins(mode -> mode.isEmpty() ? "container:" + other : mode);
        assertThatThrownBy(() -> sleeping(both))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("different user namespaces");
        assertThatThrownBy(() -> sleeping(TestIsolation.mode(PID, "container:nobody")))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessage("No such container: nobody");
        var strangers = new Caller(new Tenant(54322), 54322, 54322, List.of());
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(PID, "container:" + other));
        assertThatThrownBy(() -> test.engine.create(strangers, null, spec.build()))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessage("No such container: " + other);
        test.engine.kill(TestEngine.CALLER, other, "KILL");
        assertThat(test.waitFor(other)).isEqualTo(137);
        var stopped =
                TestSpec.of("true").isolation(TestIsolation.mode(NETWORK, "container:" + other));
        assertThatThrownBy(() -> test.started(stopped))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("non running container");
        assertThat(test.pool.leased()).isEqualTo(1);
    }

    @Test
    void keepIdIsTheCallersOwnIdInside() throws Exception {
        var caller = new Caller(new Tenant(1234), 1234, 5678, List.of());
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(USER, "keep-id"));
        var id = test.engine.create(caller, null, spec.build()).id();
        assertThat(test.engine.inspect(caller, id).spec().user()).isEqualTo("1234:5678");
        test.engine.delete(caller, id, false);
        spec.isolation(TestIsolation.mode(USER, "keep-id:uid=7,gid=8"));
        assertThat(test.inspect(test.create(spec)).spec().user()).isEqualTo("7:8");
        spec.isolation(TestIsolation.mode(USER, "keep-id:uid=70000"));
        assertThatThrownBy(() -> test.create(spec)).hasMessageContaining("not among");
        spec.isolation(TestIsolation.mode(USER, "keep-id:x=1"));
        assertThatThrownBy(() -> test.create(spec)).hasMessageContaining("uid=N or gid=N");
    }

    @Test
    void anotherSizeIsRoundedAndSaid() {
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(USER, "auto:size=1000"));
        var made = test.engine.create(TestEngine.CALLER, null, spec.build());
        assertThat(made.warnings()).singleElement().asString().contains("rounded to 65536");
        spec.isolation(TestIsolation.mode(USER, "auto:size=70000"));
        assertThatThrownBy(() -> test.create(spec)).isInstanceOf(EngineException.Invalid.class);
    }
}
