package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Volumes in memory, of host directories, and parts of volumes. */
@Tag("kernel")
@Timeout(60)
class VolumeKindsTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final int OWN = (int) CALLER.uid();

    @AutoClose private final TestEngine test = TestEngine.open();

    private static TestSpec with(String script, VolumeMount... volumes) {
        var spec = TestSpec.shell(script);
        spec.volumes = List.of(volumes);
        return spec;
    }

    private static VolumeMount named(String volume, String target) {
        return VolumeMount.named(volume, target, false, false);
    }

    private Volume make(String name, Map<String, String> options) {
        return test.engine
                .volumes()
                .create(CALLER, name, new Volumes.Making(Map.of("a", "b"), options));
    }

    private Path directory(String name, int owner) throws IOException {
        var made = Files.createDirectory(test.top.resolve(name));
        Files.setAttribute(made, "unix:uid", owner);
        Files.setAttribute(made, "unix:gid", owner);
        Files.setAttribute(made, "unix:mode", 0700);
        return made;
    }

    private static Map<String, String> bind(Path directory) {
        return Map.of("type", "none", "device", directory.toString(), "o", "bind");
    }

    private static Map<String, String> tmpfs(String settings) {
        return Map.of("type", "tmpfs", "device", "tmpfs", "o", settings);
    }

    @Test
    void aTmpfsIsSharedAsLongAsSomebodyHasItAndThenEmpty() throws Exception {
        var volume = make("memory", tmpfs("size=1m,uid=7,mode=0750"));
        var holder = test.started(with("sleep 1000", named("memory", "/m")));
        var first = test.run(with("stat -c '%u %a' /m; echo kept > /m/x", named("memory", "/m")));
        assertThat(first).isEqualTo("7 750\n");
        assertThat(test.run(with("cat /n/x", named("memory", "/n")))).isEqualTo("kept\n");
        assertThat(
                        test.run(
                                with(
                                        "dd if=/dev/zero of=/m/y bs=2M count=1 2>&1 || true",
                                        named("memory", "/m"))))
                .contains("No space");
        test.reopen();
        assertThat(test.run(with("cat /n/x", named("memory", "/n")))).isEqualTo("kept\n");
        test.engine.killAndDelete(CALLER, holder, false);
        assertThat(test.run(with("ls /n", named("memory", "/n")))).isEmpty();
        for (int i = 0; isMounted(volume) && i < 100; i++) Thread.sleep(30); // behind the end
        assertThat(isMounted(volume)).isFalse();
    }

    private static boolean isMounted(Volume volume) throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .contains(" " + volume.path() + " ");
    }

    @Test
    void aTmpfsThatNobodyHasIsNotCopiedInto() throws Exception {
        make("memory", tmpfs("size=1m"));
        var id = test.create(with("true", named("memory", "/m")));
        assertThatThrownBy(() -> BindCopyTest.copy(test, id, "/m"))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("start one first");
    }

    @Test
    void allInMemoryIsNoMoreThanATenantMayHave() throws Exception {
        test.policy = PolicyInForce.of(TestEngine.tenants(8 << 20));
        test.reopen();
        make("sized", tmpfs("size=6m"));
        make("rest", tmpfs("mode=1777"));
        make("any", tmpfs("size=0"));
        make("files", tmpfs("size=1m,nr_inodes=1m"));
        test.started(with("sleep 1000", named("sized", "/m")));
        var filled = "dd if=/dev/zero of=/m/y bs=1M count=4 2>&1 || true";
        var held = test.started(with("sleep 1000", named("rest", "/m")));
        assertThat(test.run(with(filled, named("rest", "/m")))).contains("No space");
        test.engine.killAndDelete(CALLER, held, false);
        for (var name : List.of("any", "files")) {
            var id = test.create(with("true", named(name, "/m")));
            assertThatThrownBy(() -> test.start(id))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("tenants: memory");
            assertThat(isMounted(test.engine.volumes().find(CALLER, name))).isFalse();
        }
        test.reopen(); // what containers have is known to the next engine
        make("second", tmpfs("size=3m"));
        var id = test.create(with("true", named("second", "/m")));
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.Denied.class);
    }

    @Test
    void aDirectoryOfTheHostIsItsMakersWhoeverStartsWithIt() throws Exception {
        var data = directory("data", OWN);
        make("host", bind(data));
        var out = test.run(with("stat -c %u /d; echo x > /d/new", named("host", "/d")));
        assertThat(out).isEqualTo("0\n");
        assertThat(Files.getAttribute(data.resolve("new"), "unix:uid")).isEqualTo(OWN);
        var readOnly = VolumeMount.named("host", "/d", true, false);
        assertThat(test.run(with("touch /d/y 2>&1 || true", readOnly))).contains("Read-only");
        test.reopen();
        assertThat(test.run(with("ls /d", named("host", "/d")))).isEqualTo("new\n");
        for (var id : test.engine.volumes().users(CALLER).getOrDefault("host", List.of())) {
            test.engine.killAndDelete(CALLER, id, true);
        }
        assertThat(test.engine.volumes().prune(CALLER, _ -> true).names()).isEmpty();
        test.engine.volumes().remove(CALLER, "host", false);
        assertThat(data.resolve("new")).exists();
    }

    @Test
    void nobodyMakesAVolumeOfWhatIsNotForHim() throws Exception {
        var others = Files.createDirectory(directory("others", 0).resolve("in"));
        assertThatThrownBy(() -> make("vol", bind(others)))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("EACCES");
        assertThatThrownBy(() -> make("vol", bind(test.run)))
                .isInstanceOf(EngineException.Denied.class);
        assertThatThrownBy(() -> make("vol", bind(test.top.resolve("none"))))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("does not exist");
        assertThat(test.engine.volumes().list(CALLER)).isEmpty();
    }

    @Test
    void whatAMountSaysOfANewVolumeIsWhatThatIs() throws Exception {
        var making = new Volumes.Making(Map.of("l", "m"), tmpfs("size=1m"));
        assertThat(test.run(with("grep ' /m ' /proc/mounts", named("vol", "/m").with(making, ""))))
                .startsWith("rootbound /m tmpfs");
        var volume = test.engine.volumes().find(CALLER, "vol");
        assertThat(volume.labels()).containsEntry("l", "m");
        assertThat(volume.options()).containsEntry("type", "tmpfs");
        assertThat(test.engine.volumes().size(volume)).isEqualTo(-1);
    }

    @Test
    void aPartOfAVolumeIsAllThatIsSeenOfIt() throws Exception {
        var part = named("vol", "/p").with(Volumes.Making.PLAIN, "in/part");
        test.run(
                with(
                        "mkdir -p /v/in/part; echo y > /v/in/part/f; ln -s /etc /v/link; echo z > /v/file",
                        named("vol", "/v")));
        assertThat(test.run(with("cat /p/f; ls -a /p/..; echo n > /p/new", part)))
                .startsWith("y\n");
        assertThat(test.run(with("ls /v/in/part", named("vol", "/v")))).isEqualTo("f\nnew\n");
        var file = named("vol", "/etc/one").with(Volumes.Making.PLAIN, "file");
        assertThat(test.run(with("cat /etc/one", file))).isEqualTo("z\n");
        for (var none : List.of("none", "link/passwd", "file/x")) {
            var id = test.create(with("true", named("vol", "/p").with(Volumes.Making.PLAIN, none)));
            assertThatThrownBy(() -> test.start(id))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("has no " + none);
        }
        var id = test.create(with("true", part));
        BindCopyTest.copy(test, id, "/p");
        assertThat(BindCopyTest.members(test, id, "/p")).contains("p/", "p/f", "p/file");
        assertThat(test.run(with("cat /v/in/part/file", named("vol", "/v")))).isEqualTo("copied\n");
    }

    @Test
    void whoMountsIsTold() throws Exception {
        var id = test.create(with("true", named("vol", "/v")));
        test.start(id);
        test.waitFor(id);
        test.engine.delete(CALLER, id, false);
        var told = new ArrayList<String>();
        var events = test.engine.events();
        try (var past =
                events.subscribe(
                        CALLER, null, Instant.now(), e -> e.type() == Events.Type.VOLUME)) {
            for (var next = past.next(); next.isPresent(); next = past.next()) {
                told.add(next.get().action() + " " + next.get().attributes());
            }
        }
        assertThat(told)
                .containsExactly(
                        "create {driver=local}",
                        "mount {container="
                                + id
                                + ", destination=/v, driver=local, propagation=, read/write=true}",
                        "unmount {container=" + id + ", driver=local}");
    }
}
