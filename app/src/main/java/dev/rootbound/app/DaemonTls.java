package dev.rootbound.app;

import dev.rootbound.docker.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code daemon --tls} and {@code --tlsverify}: files in PEM.
 *
 * @param authorities whose certificates clients must have; {@code null}: they need none
 */
record DaemonTls(@Nullable Path authorities, Path certificate, Path key) {
    /** {@code null}: without TLS. */
    static @Nullable DaemonTls of(Arguments arguments) {
        boolean verify = arguments.is("tlsverify");
        if (!verify && !arguments.is("tls")) {
            for (String flag : new String[] {"tlscacert", "tlscert", "tlskey"})
                if (arguments.has(flag))
                    throw new CliException(
                            ExitCodes.ENGINE, "--" + flag + " goes with --tlsverify or --tls");
            return null;
        }
        return new DaemonTls(
                verify ? file(arguments, "tlscacert", "the CA of clients' certificates") : null,
                file(arguments, "tlscert", "the engine's certificate"),
                file(arguments, "tlskey", "its key"));
    }

    private static Path file(Arguments arguments, String flag, String what) {
        String text = arguments.last(flag);
        if (text == null || text.isEmpty())
            throw new CliException(
                    ExitCodes.ENGINE,
                    "TLS needs --" + flag + " FILE, " + what + " in PEM (openssl makes them)");
        return Path.of(text).toAbsolutePath();
    }

    ServerTls open() {
        try {
            return ServerTls.of(authorities, certificate, key);
        } catch (IOException e) {
            throw new CliException(ExitCodes.ENGINE, "TLS: " + e.getMessage());
        }
    }
}
