package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a listener with room for one that accepts only when it is told to. */
@Timeout(30)
class PacketSocketTest {
    private static final String LISTENER =
            """
            use Socket; $| = 1;
            socket(L, AF_UNIX, SOCK_SEQPACKET, 0) && bind(L, pack_sockaddr_un($ARGV[0])) or die $!;
            listen(L, 0) or die $!;
            print "ready\\n"; <STDIN>;
            while (accept(my $c, L)) { send($c, "hello", 0); push @kept, $c; }
            """;

    @TempDir Path dir;
    private Path path;
    private Process listener;

    @BeforeEach
    void listen() throws IOException {
        path = dir.resolve("socket");
        listener = new ProcessBuilder("perl", "-e", LISTENER, path.toString()).start();
        assertThat(listener.inputReader(US_ASCII).readLine()).isEqualTo("ready");
    }

    @AfterEach
    void end() throws InterruptedException {
        listener.destroyForcibly().waitFor();
    }

    private void accept() throws IOException {
        listener.getOutputStream().write('\n');
        listener.getOutputStream().flush();
    }

    private static String hello(PacketSocket socket) throws IOException {
        var packet = new byte[100];
        return new String(packet, 0, socket.receive(packet), US_ASCII);
    }

    @Test
    void thoseWhoWaitForAPlaceHoldUpNobodyAndGetIt() throws Exception {
        int many = 4 * Runtime.getRuntime().availableProcessors();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Future<String>>();
            for (int i = 0; i < many; i++) {
                waiting.add(
                        threads.submit(() -> {
                            try (var socket = PacketSocket.connect(path)) {
                                return hello(socket);
                            }
                        }));
            }
            Thread.sleep(100); // all but one have found no place
            var runs = new CountDownLatch(1);
            Thread.startVirtualThread(runs::countDown);
            boolean ran = runs.await(5, TimeUnit.SECONDS);
            accept();
            assertThat(ran).isTrue();
            for (var each : waiting) {
                assertThat(each.get()).isEqualTo("hello");
            }
        }
    }

    @Test
    void aListenerThatNeverAcceptsIsGivenUp() throws Exception {
        try (var _ = PacketSocket.connect(path)) { // the only place
            assertThatThrownBy(() -> PacketSocket.connect(path, Duration.ofMillis(30)))
                    .hasMessage("connect " + path + ": ETIMEDOUT (timed out)");
        }
    }

    @Test
    void whoeverDoesNotListenIsNotWaitedFor() {
        assertThatThrownBy(() -> PacketSocket.connect(dir.resolve("nobody")))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("ENOENT");
    }
}
