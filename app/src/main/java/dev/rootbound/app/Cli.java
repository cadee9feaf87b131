package dev.rootbound.app;

import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command has of the world: streams, environment, clock and the engine.
 *
 * @param host the {@code --host} option
 * @param tls the {@code --tls…} options, as {@link ClientTls#of} takes them
 * @param launcher the script that starts the engine; {@code null}: there is none
 */
record Cli(
        InputStream in,
        OutputStream out,
        OutputStream err,
        Map<String, String> environment,
        Clock clock,
        @Nullable String host,
        Map<String, String> tls,
        @Nullable Path launcher) {
    /** The default engine's socket and the directory of its log. */
    static final Path RUN = Path.of("/run/rootbound");

    /** The engine that was named, else the default one, which is started if none answers. */
    ApiClient engine() throws IOException, InterruptedException {
        String named = address();
        if (!named.isEmpty())
            return new ApiClient(EngineAddress.parse(named, ClientTls.of(tls, environment)));
        var address = new EngineAddress.Unix(RUN.resolve("rootbound.sock"));
        new EngineStart(address, RUN.resolve("engine.log"), launcher, Processes.ownUid(), this)
                .ensure();
        return new ApiClient(address);
    }

    /** As the user names the engine; empty: the default one. */
    String address() {
        String named = host;
        if (named == null) named = environment.getOrDefault("ROOTBOUND_HOST", "");
        return named.isEmpty() ? environment.getOrDefault("DOCKER_HOST", "") : named;
    }

    void print(String text) {
        write(out, text);
    }

    void println(String line) {
        print(line + "\n");
    }

    /** A line on standard error. */
    void complain(String line) {
        write(err, line + "\n");
    }

    private static void write(OutputStream to, String text) {
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
