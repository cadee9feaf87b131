package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the launcher starts an engine, refuses to, and stops it. */
@Tag("system")
class DaemonCommandTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    private static Result daemon(Path directory, String... more) {
        var line = new ArrayList<>(List.of(Shell.CHECKOUT + "/rootbound", "daemon"));
        line.addAll(List.of("--run", directory.resolve("run").toString()));
        line.addAll(List.of(more));
        return Shell.run(line.toArray(String[]::new));
    }

    private static boolean isEmpty(Path directory) {
        return Shell.run("find", directory.toString(), "-mindepth", "1").out().isEmpty();
    }

    @Test
    void aStartThatIsRefusedLeavesNothing() throws Exception {
        var directory = Daemon.directory();
        var root = directory.resolve("root").toString();

        for (var words :
                List.of(
                        new String[] {"--bogus"},
                        new String[] {"--root"},
                        new String[] {"surplus"},
                        new String[] {"--root", root, "--group", "nogroupofthishost"},
                        new String[] {"--root", root, "--host", "tcp://127.0.0.1:1"},
                        new String[] {"--root", root, "--host", "unix:///nonexistent/d/s"})) {
            var refused = daemon(directory, words);
            assertThat(refused.code()).as(refused.err()).isIn(1, 125);
            assertThat(refused.err()).startsWith("rootbound: ").doesNotContain("\tat ");
            assertThat(isEmpty(directory)).isTrue();
        }
        Files.delete(directory);
    }

    @Test
    void anEngineIsStoppedItsContainersRunOnAndTheNextOneFindsThem() throws Exception {
        var directory = Daemon.directory();
        var root = directory.resolve("root");
        try (var first = Daemon.start(directory, root, "")) {
            first.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            var name = first.docker().detached(IMAGE, "sleep", "60");
            var pid = first.docker().inspect(name).at("/State/Pid").asLong();

            var other = directory.resolve("other");
            var second = daemon(other, "--root", root.toString());
            assertThat(second.code()).as(second.err()).isNotZero();
            assertThat(second.err()).contains("another engine runs on " + root);
            assertThat(other).doesNotExist();

            var third =
                    daemon(
                            other,
                            "--root",
                            directory.resolve("its-own").toString(),
                            "--host",
                            first.address());
            assertThat(third.code()).as(third.err()).isNotZero();
            assertThat(third.err()).contains("another engine answers there");
            assertThat(other).doesNotExist();

            var stop =
                    Shell.run(
                            Shell.CHECKOUT + "/rootbound",
                            "daemon",
                            "stop",
                            "--run",
                            directory + "/run");
            assertThat(stop.ok().out()).startsWith("stopped the engine");
            first.awaitEnd();
            assertThat(directory.resolve("run/engine.pid")).doesNotExist();
            assertThat(Path.of("/proc/" + pid)).exists();

            try (var next = Daemon.start(directory, root, "")) {
                assertThat(next.docker().inspect(name).at("/State/Running").asBoolean()).isTrue();
            }
        }
        var nobody =
                Shell.run(
                        Shell.CHECKOUT + "/rootbound",
                        "daemon",
                        "stop",
                        "--run",
                        directory + "/run");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("no engine runs in " + directory + "/run");
    }
}
