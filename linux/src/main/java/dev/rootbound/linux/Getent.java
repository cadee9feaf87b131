package dev.rootbound.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The host's users and groups wherever they are kept: getent(1), which asks as nsswitch.conf(5) has
 * it.
 */
public final class Getent {
    /** A directory server that takes longer is not there. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Getent() {}

    /**
     * What a database has of a name or number; empty if nothing.
     *
     * @param database {@code passwd} or {@code group}
     * @throws IOException if there is no answer within ten seconds
     */
    public static List<String> lines(String database, String key) throws IOException {
        return lines(List.of("getent", database, "--", key), PATIENCE);
    }

    static List<String> lines(List<String> command, Duration patience) throws IOException {
        var getent =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        getent.getOutputStream().close();
        var late = new AtomicBoolean();
        Thread.ofVirtual().name("getent").start(() -> end(getent, patience, late));
        try (var lines = getent.inputReader(StandardCharsets.ISO_8859_1)) {
            var answer = lines.lines().toList();
            if (!late.get()) return answer;
        }
        throw new IOException(
                String.join(" ", command)
                        + ": no answer within "
                        + patience.toSeconds()
                        + " s; is a directory server of /etc/nsswitch.conf out of reach?");
    }

    private static void end(Process process, Duration patience, AtomicBoolean late) {
        try {
            if (process.waitFor(patience)) return;
            late.set(true);
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
