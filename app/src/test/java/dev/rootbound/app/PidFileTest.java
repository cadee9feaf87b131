package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class PidFileTest {
    private @TempDir Path run;

    /** Another process that is an engine as far as its pid file can tell. */
    private Process engine() throws IOException, InterruptedException {
        var engine =
                new ProcessBuilder(
                                List.of(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Holder.class.getName(),
                                        run.toString()))
                        .redirectErrorStream(true)
                        .start();
        while (engine.isAlive() && !Files.exists(run.resolve("ready"))) Thread.sleep(5);
        return engine;
    }

    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            var file = PidFile.take(Path.of(arguments[0]));
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                try {
                                    file.close();
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
            Files.createFile(Path.of(arguments[0], "ready"));
            Thread.sleep(15_000);
        }
    }

    @Test
    void theFileHoldsTheProcessIdAndGoesAtTheEnd() throws Exception {
        try (var _ = PidFile.take(run)) {
            assertThat(PidFile.in(run)).hasContent(ProcessHandle.current().pid() + "\n");
        }

        assertThat(PidFile.in(run)).doesNotExist();
    }

    @Test
    void aRunningEngineIsStoppedAndItsFileIsGone() throws Exception {
        var engine = engine();

        long pid = PidFile.stop(run, Duration.ofSeconds(10));

        assertThat(pid).isEqualTo(engine.pid());
        assertThat(engine.waitFor()).isEqualTo(143);
        assertThat(PidFile.in(run)).doesNotExist();
    }

    @Test
    void aFileLeftByAKilledEngineStopsNobodyAndHindersNobody() throws Exception {
        // the id is one that lives: this very test's
        Files.writeString(PidFile.in(run), ProcessHandle.current().pid() + "\n");

        assertThatThrownBy(() -> PidFile.stop(run, Duration.ofSeconds(1)))
                .hasMessage("no engine runs in " + run);
        PidFile.take(run).close();
    }

    @Test
    void twoEnginesDoNotShareARunDirectory() throws Exception {
        var engine = engine();

        assertThatThrownBy(() -> PidFile.take(run))
                .hasMessageStartingWith(
                        "another engine (process " + engine.pid() + ") runs in " + run);
        engine.destroy();
        engine.waitFor();
    }
}
