package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.Engine.WaitFor;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.oci.Digest;
import dev.rootbound.rootfs.RootTree;
import dev.rootbound.rootfs.RootWriter;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever step of a start fails, nothing stays, all are told, and the next start works. */
@Tag("kernel")
@Timeout(60)
class StartFailureTest {
    private static final Caller CALLER = TestEngine.CALLER;
    private static final String CONMON = "/usr/bin/conmon \"$@\"";
    @AutoClose private final TestEngine test = TestEngine.open();

    /** Something that makes or unmakes a fault. */
    private interface Change {
        void run(String id) throws Exception;
    }

    private void failsAndRecovers(TestSpec spec, String why, Change fault, Change repair)
            throws Exception {
        var id = test.create(spec.stdin());
        fault.run(id);
        failsCleanly(id, why);
        assertThat(test.inspect(id).state()).isInstanceOf(ContainerState.Exited.class);
        repair.run(id);
        test.start(id);
        assertThat(test.inspect(id).isRunning()).isTrue();
        test.engine.killAndDelete(CALLER, id, false);

        var removed = test.create(TestSpec.of("sleep", "1000").stdin().user(spec.user).removed());
        fault.run(removed);
        failsCleanly(removed, why);
        assertThatThrownBy(() -> test.inspect(removed))
                .isInstanceOf(EngineException.NotFound.class);
        repair.run(removed);
        assertThat(Leftovers.of(test)).isEmpty();
    }

    private void failsCleanly(String id, String why) throws Exception {
        var client = test.attach(id, true);
        try (var wait = test.engine.waitFor(CALLER, id, WaitFor.NEXT_EXIT)) {
            assertThatThrownBy(() -> test.start(id))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(why);
            assertThat(wait.await().code()).isPositive();
        }
        client.end();
        assertThat(Leftovers.of(test)).isEmpty();
    }

    private static TestSpec sleep() {
        return TestSpec.of("sleep", "1000");
    }

    @Test
    void thePoolIsExhausted() throws Exception {
        test.blocks = 1;
        test.reopen();
        var other = test.started(sleep());
        var id = test.create(sleep());
        assertThatThrownBy(() -> test.start(id)).hasMessageContaining("enlarge the pool");
        test.engine.killAndDelete(CALLER, other, false);
        assertThat(Leftovers.of(test)).isEmpty();
        test.start(id);
    }

    @Test
    void aBundleThatAnEndCouldNotRemoveIsRemovedByTheNextStart() throws Exception {
        var id = test.create(sleep());
        Files.createDirectories(test.run.resolve("c").resolve(id).resolve("x"));
        test.start(id);
        assertThat(test.inspect(id).isRunning()).isTrue();
    }

    @Test
    void theRootCannotBeMounted() throws Exception {
        decorate((real, id, layers, ids, target) -> {
            throw new IOException("no mount today");
        });
        failsAndRecovers(sleep(), "no mount today", _ -> broken = true, _ -> broken = false);
    }

    @Test
    void theConfigurationCannotBeWritten() throws Exception {
        decorate((real, id, layers, ids, target) -> {
            Files.createFile(target.resolveSibling("config.json"));
            return real.mount(id, layers, ids, target);
        });
        failsAndRecovers(sleep(), "config.json", _ -> broken = true, _ -> broken = false);
    }

    private boolean broken;

    private interface Mounting {
        Snapshots.Root mount(
                Snapshots real, String id, List<Digest> layers, IdMaps ids, Path target)
                throws IOException;
    }

    private void decorate(Mounting mounting) throws IOException {
        test.decorator =
                real ->
                        new Snapshots() {
                            @Override
                            public void recover() throws IOException {
                                real.recover();
                            }

                            @Override
                            public void create(String id) throws IOException {
                                real.create(id);
                            }

                            @Override
                            public Root mount(
                                    String id, List<Digest> layers, IdMaps ids, Path target)
                                    throws IOException {
                                return broken
                                        ? mounting.mount(real, id, layers, ids, target)
                                        : real.mount(id, layers, ids, target);
                            }

                            @Override
                            public Root mounted(Path target) {
                                return real.mounted(target);
                            }

                            @Override
                            public RootTree tree(String id, List<Digest> layers)
                                    throws IOException {
                                return real.tree(id, layers);
                            }

                            @Override
                            public RootWriter writer(String id, List<Digest> layers)
                                    throws IOException {
                                return real.writer(id, layers);
                            }

                            @Override
                            public Path path(String id) {
                                return real.path(id);
                            }

                            @Override
                            public Path store() {
                                return real.store();
                            }

                            @Override
                            public void remove(String id) throws IOException {
                                real.remove(id);
                            }

                            @Override
                            public List<String> list() throws IOException {
                                return real.list();
                            }
                        };
        test.reopen();
    }

    @Test
    void theUserIsNotInTheImage() throws Exception {
        var id = test.create(sleep().user("nobodyhere"));
        failsCleanly(id, "unable to find user nobodyhere");
    }

    @Test
    void theProgramIsNotInTheImage() throws Exception {
        var id = test.create(TestSpec.of("nothing-of-that-name"));
        failsCleanly(id, "not found");
        assertThat(((ContainerState.Exited) test.inspect(id).state()).code()).isEqualTo(127);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 1",
                "kill -9 $$",
                "echo garbage >&3; exit 0",
                "echo '{\"data\": -1, \"message\": \"conmon is tired\"}' >&3; exec /bin/sleep 1000",
                "echo '{\"data\": 1}' >&3; exit 0",
                "echo '[]' >&3; exec /bin/sleep 1000",
                CONMON + " 3>/dev/null; /bin/sleep 0.3; echo garbage >&3",
            })
    void theMonitorFailsOrLies(String script) throws Exception {
        var real = test.tools;
        failsAndRecovers(sleep(), "conmon", _ -> test.replaceMonitor(script), _ -> use(real));
    }

    private void use(dev.rootbound.runtime.Tools tools) throws IOException {
        test.tools = tools;
        test.reopen();
    }

    @Test
    void theMonitorIsMissing() throws Exception {
        var real = test.tools;
        failsAndRecovers(
                sleep(),
                "/nowhere/conmon",
                _ ->
                        use(
                                new dev.rootbound.runtime.Tools(
                                        real.runtime(), Path.of("/nowhere/conmon"))),
                _ -> use(real));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "start"})
    void theRuntimeFails(String operation) throws Exception {
        var real = test.tools;
        var script =
                "case \" $* \" in *' %s '*) echo 'level=error msg=\"not today\"' >&2; exit 1;; esac\nexec %s \"$@\""
                        .formatted(operation, real.runtime());
        failsAndRecovers(sleep(), "not today", _ -> test.replaceRuntime(script), _ -> use(real));
    }

    @Test
    void theStreamsCannotBeAttached() throws Exception {
        var real = test.tools;
        var script =
                "%s \"$@\" || exit\nwhile [ $# -gt 1 ]; do [ \"$1\" = --bundle ] && rm \"$2/attach\"; shift; done; exit 0"
                        .formatted(real.runtime());
        failsAndRecovers(sleep(), "attach", _ -> test.replaceRuntime(script), _ -> use(real));
    }

    @Test
    void theStateCannotBeWritten() throws Exception {
        failsAndRecovers(
                sleep(),
                ".container.json.tmp",
                id -> Files.createDirectories(blocker(id).resolve("in the way")),
                id -> {
                    Files.deleteIfExists(blocker(id).resolve("in the way"));
                    Files.deleteIfExists(blocker(id));
                });
    }

    private Path blocker(String id) {
        return test.root.resolve("containers").resolve(id).resolve(".container.json.tmp");
    }
}
