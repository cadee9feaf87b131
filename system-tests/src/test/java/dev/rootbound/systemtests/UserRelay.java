package dev.rootbound.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A socket behind which a user talks to the engine: whoever connects to it is, to the engine, a
 * process of that user. Asking by it costs no process of a client each time.
 */
final class UserRelay implements AutoCloseable {
    private static final String RELAY =
            """
            use Socket; $SIG{CHLD} = 'IGNORE'; my ($own, $engine) = @ARGV;
            socket(L, AF_UNIX, SOCK_STREAM, 0) && bind(L, pack_sockaddr_un("$own.new")) or die $!;
            listen(L, 99) && rename("$own.new", $own) or die $!;
            while (accept(my $client, L)) {
                next if fork;
                socket(my $to, AF_UNIX, SOCK_STREAM, 0) or die $!;
                connect($to, pack_sockaddr_un($engine)) or die $!;
                my ($in, $out) = fork ? ($to, $client) : ($client, $to);
                my $bytes;
                while (sysread($in, $bytes, 65536)) { syswrite($out, $bytes) or last }
                shutdown($out, 1);
                exit;
            }
            """;

    private final Path socket;
    private final Process process;

    /**
     * @param directory of the engine's
     */
    UserRelay(Path directory, String user, Daemon daemon) {
        try {
            var place = Files.createTempDirectory(directory, "relay");
            Shell.run("chown", user, place.toString()).ok();
            socket = place.resolve("socket");
            var engine = daemon.address().substring("unix://".length());
            process =
                    Shell.start(
                            place.resolve("log"),
                            List.of(
                                    "setpriv",
                                    "--reuid=" + user,
                                    "--regid=" + user,
                                    "--clear-groups",
                                    "perl",
                                    "-e",
                                    RELAY,
                                    socket.toString(),
                                    engine));
            for (int tries = 0; tries < 100 && !Files.exists(socket); tries++) Daemon.pause(20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EngineApi api() {
        return new EngineApi(socket);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
