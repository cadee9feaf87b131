package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class BrokenOutputTest {
    private @TempDir Path directory;

    private static OutputStream failing(String message) {
        return new StandardStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException(message);
                    }
                },
                "standard output");
    }

    private Run run(String message, String... words) throws IOException {
        try (var engine = new FakeEngine(directory)) {
            engine.on("GET /containers/json", 200, "[]")
                    .on("POST /containers/create", 201, "{\"Id\":\"x\"}")
                    .on("POST /containers/x/wait", 200, "{\"StatusCode\":0}")
                    .on("POST /containers/x/start", 204, "")
                    .on(
                            "POST /containers/x/attach",
                            request -> {
                                request.upgrade();
                                request.out().write(FakeEngine.frame(1, "out"));
                            });
            var err = new ByteArrayOutputStream();
            var cli =
                    new Cli(
                            new ByteArrayInputStream(new byte[0]),
                            failing(message),
                            err,
                            Map.of("DOCKER_HOST", engine.address().toString()),
                            Clock.systemUTC(),
                            null,
                            Map.of(),
                            null);
            int code = Main.run(List.of(words), cli);
            return new Run(code, "", err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aFullDiskIsSaidAndIsNotTheEnginesFault() throws IOException {
        var said = "rootbound: write standard output: No space left on device\n";

        assertThat(run("No space left on device", "ps")).isEqualTo(new Run(1, "", said));
    }

    @Test
    void aRunWhoseOutputHasNowhereToGoFailsAsPsDoes() throws IOException {
        var said = "rootbound: write standard output: No space left on device\n";

        assertThat(run("No space left on device", "run", "img")).isEqualTo(new Run(1, "", said));
    }

    @Test
    void aReaderThatHasGoneEndsTheCommandAsSigpipeWould() throws IOException {
        assertThat(run("Broken pipe", "ps")).isEqualTo(new Run(141, "", ""));
    }
}
