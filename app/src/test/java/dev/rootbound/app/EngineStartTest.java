package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class EngineStartTest {
    private @TempDir Path directory;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private EngineStart engine(String script) throws IOException {
        return engine(script, 0);
    }

    private EngineStart engine(String script, int uid) throws IOException {
        var launcher = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        var cli =
                new Cli(
                        new ByteArrayInputStream(new byte[0]),
                        new ByteArrayOutputStream(),
                        err,
                        Map.of(),
                        Clock.systemUTC(),
                        null,
                        Map.of(),
                        launcher);
        var address = new EngineAddress.Unix(directory.resolve("engine.sock"));
        return new EngineStart(address, directory.resolve("run/engine.log"), launcher, uid, cli);
    }

    @Test
    void anEngineThatAnswersIsNotStarted() throws Exception {
        try (var _ = new FakeEngine(directory)) {
            engine("touch " + directory + "/started").ensure();
        }

        assertThat(directory.resolve("started")).doesNotExist();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void anEngineThatDoesNotStartShowsItsLog() throws Exception {
        var start = engine("echo $1; echo no pool of ids >&2; exit 3");

        assertThatThrownBy(start::ensure)
                .hasMessageContaining("ended with 3")
                .hasMessageContaining("daemon\n  no pool of ids");
    }

    @Test
    void anOrdinaryUserIsToldWhoStartsIt() throws Exception {
        var start = engine("touch " + directory + "/started", 1000);

        assertThatThrownBy(start::ensure)
                .isInstanceOf(NoEngineException.class)
                .hasMessageContaining("engine.sock: ")
                .hasMessageContaining("started by root only: sudo rootbound daemon");
        assertThat(directory.resolve("started")).doesNotExist();
    }

    @Test
    void aStartedEngineIsWaitedForAndSaid() throws Exception {
        var start = engine("echo $$ > " + directory + "/pid; exec sleep 5");
        var later =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (!Files.exists(directory.resolve("pid"))) Thread.sleep(5);
                                new FakeEngine(directory);
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        start.ensure();
        later.join();

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "rootbound: started the engine (log: " + directory + "/run/engine.log)\n");
        assertThat(Files.getPosixFilePermissions(directory.resolve("run/engine.log")))
                .as("it names containers of all tenants")
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
