package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel names the groups with which a listener began to listen. */
@Timeout(30)
class PeerGroupsTest {
    private static final String LISTENER =
            """
            use Socket; $| = 1;
            socket(L, AF_UNIX, SOCK_SEQPACKET, 0) && bind(L, pack_sockaddr_un($ARGV[0])) or die $!;
            listen(L, 9) or die $!;
            print "ready\\n"; <STDIN>;
            """;

    @TempDir Path dir;
    private final List<Process> listeners = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (var listener : listeners) listener.destroyForcibly().waitFor();
    }

    private List<Long> groupsOfAListener(String... prefix) throws IOException {
        var path = dir.resolve("socket");
        var command = new ArrayList<>(Arrays.asList(prefix));
        command.addAll(List.of("perl", "-e", LISTENER, path.toString()));
        var listener = new ProcessBuilder(command).start();
        listeners.add(listener);
        assertThat(listener.inputReader(US_ASCII).readLine()).isEqualTo("ready");
        try (var socket = PacketSocket.connect(path)) {
            return PeerGroups.of(socket.number());
        }
    }

    private List<Long> groupsOfAListener(List<Long> groups) throws IOException {
        var text = groups.stream().map(String::valueOf).collect(Collectors.joining(","));
        return groupsOfAListener("setpriv", "--regid", "4711", "--groups", text);
    }

    @Test
    void theyAreThoseOfTheProcess() throws IOException {
        var status = Files.readString(Path.of("/proc/self/status"));
        var own = status.replaceAll("(?s).*\nGroups:([^\n]*)\n.*", "$1").strip();
        var expected =
                Arrays.stream(own.split(" ")).filter(g -> !g.isEmpty()).map(Long::valueOf).toList();
        assertThat(groupsOfAListener()).isEqualTo(expected);
    }

    @Tag("kernel")
    @Test
    void thePrimaryGroupIsNotAmongThem() throws IOException {
        assertThat(groupsOfAListener(List.of(5L, 60_000L, 4_294_967_294L)))
                .containsExactly(5L, 60_000L, 4_294_967_294L);
    }

    @Tag("kernel")
    @Test
    void whoHasManyHasThemAll() throws IOException {
        var many = LongStream.range(100_000, 101_000).boxed().toList();
        assertThat(groupsOfAListener(many)).isEqualTo(many);
    }

    @Tag("kernel")
    @Test
    void whoHasNoneHasNone() throws IOException {
        assertThat(groupsOfAListener("setpriv", "--clear-groups")).isEmpty();
    }

    @Test
    void whatIsNoSocketIsAnError() throws IOException {
        try (var file = Fd.open(dir, At.O_PATH | At.O_DIRECTORY)) {
            assertThatThrownBy(() -> PeerGroups.of(file.number()))
                    .isInstanceOf(ErrnoException.class)
                    .hasMessageStartingWith("getsockopt SO_PEERGROUPS: EBADF");
        }
    }
}
