package dev.rootbound.app;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** One run of the CLI against an engine: what it printed and its exit code. */
record Run(int code, String out, String err) {
    static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    static Run of(FakeEngine engine, String... words) {
        return withInput(engine, new byte[0], words);
    }

    static Run withInput(FakeEngine engine, byte[] input, String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var cli =
                new Cli(
                        new ByteArrayInputStream(input),
                        out,
                        err,
                        Map.of("DOCKER_HOST", engine.address().toString(), "OWN", "mine"),
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        null,
                        Map.of(),
                        null);
        int code = Main.run(List.of(words), cli);
        return new Run(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
