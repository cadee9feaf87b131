package dev.rootbound.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The host's users and groups wherever they are kept: getent(1), which asks as nsswitch.conf(5) has
 * it.
 */
public final class Getent {
    private Getent() {}

    /**
     * What a database has of a name or number; empty if nothing.
     *
     * @param database {@code passwd} or {@code group}
     */
    public static List<String> lines(String database, String key) throws IOException {
        var getent =
                new ProcessBuilder("getent", database, "--", key)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        getent.getOutputStream().close();
        try (var lines = getent.inputReader(StandardCharsets.ISO_8859_1)) {
            return lines.lines().toList();
        }
    }
}
