package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts the default engine in the background when none answers. */
final class EngineStart {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final int SHOWN_LINES = 10;

    private final EngineAddress address;
    private final Path log;
    private final @Nullable Path launcher;
    private final int uid;
    private final Cli cli;

    /**
     * @param uid who asks
     */
    EngineStart(EngineAddress address, Path log, @Nullable Path launcher, int uid, Cli cli) {
        this.address = address;
        this.log = log;
        this.launcher = launcher;
        this.uid = uid;
        this.cli = cli;
    }

    void ensure() throws IOException, InterruptedException {
        IOException refusal = refusal();
        if (refusal == null) return;
        if (uid != 0) throw new NoEngineException(address, refusal, onlyRoot(refusal));
        if (launcher == null) throw new NoEngineException(address, refusal);
        Process engine = launch(launcher);
        long deadline = System.nanoTime() + PATIENCE;
        while (refusal() != null) {
            // Another client may have won the race to start it: what counts is that one answers.
            boolean ended = !engine.isAlive();
            if (ended && refusal() == null) break;
            if (ended) throw failed("ended with " + engine.exitValue());
            if (System.nanoTime() > deadline) throw failed("did not answer within 10 s");
            Thread.sleep(5);
        }
        cli.complain("rootbound: started the engine (log: " + log + ")");
    }

    /** What helps an ordinary user. */
    private static String onlyRoot(IOException refusal) {
        return String.valueOf(refusal.getMessage()).contains("Permission denied") // EACCES
                ? "It is open to root and to a group that you are not in (rootbound daemon --group):"
                        + " ask whoever administers this host to add you (usermod -aG), and log in"
                        + " again"
                : "The default engine is started by root only: sudo rootbound daemon; then every"
                        + " user may use it. One that runs elsewhere is named with --host";
    }

    private @Nullable IOException refusal() {
        try {
            address.connect().close();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private Process launch(Path launcher) throws IOException {
        try {
            Path directory = log.toAbsolutePath().getParent();
            if (directory != null)
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx--x--x")));
            // closed: it names containers of all tenants
            Files.newByteChannel(
                            log,
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")))
                    .close();
            return new ProcessBuilder("setsid", launcher.toString(), "daemon")
                    .directory(Path.of("/").toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new CliException(
                    125,
                    "no engine answers at "
                            + address
                            + " and it cannot be started: "
                            + e
                            + ". Start it as root with `rootbound daemon`, or name another with"
                            + " --host");
        }
    }

    private CliException failed(String how) throws IOException {
        var message = new StringBuilder("the engine ").append(how).append("; its log, ");
        message.append(log).append(", ends:");
        List<String> lines = Files.readAllLines(log);
        for (String line : lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()))
            message.append("\n  ").append(line);
        return new CliException(125, message.toString());
    }
}
