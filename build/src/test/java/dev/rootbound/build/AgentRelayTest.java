package dev.rootbound.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent is played by the test: it accepts, reads and answers by itself. */
@Timeout(60)
class AgentRelayTest {
    private static final byte[] IDENTITIES = {0, 0, 0, 1, 11};
    private static final byte[] NONE = {0, 0, 0, 5, 12, 0, 0, 0, 0};
    private static final byte[] FAILURE = {0, 0, 0, 1, 5};

    @TempDir Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private ServerSocketChannel agent;
    private AgentRelay relay;

    private UnixDomainSocketAddress address(String name) {
        return UnixDomainSocketAddress.of(directory.resolve(name));
    }

    private ServerSocketChannel listen(String name) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return server.bind(address(name));
    }

    @BeforeEach
    void begin() throws IOException {
        agent = listen("agent");
        relay = AgentRelay.start(listen("step"), () -> SocketChannel.open(address("agent")));
    }

    @AfterEach
    void end() throws Exception {
        relay.close();
        for (var each : open) each.close();
        agent.close();
    }

    private SocketChannel client() throws IOException {
        var client = SocketChannel.open(address("step"));
        open.add(client);
        return client;
    }

    private SocketChannel accepted() throws IOException {
        var accepted = agent.accept();
        open.add(accepted);
        return accepted;
    }

    private static void send(SocketChannel to, byte... bytes) throws IOException {
        Channels.newOutputStream(to).write(bytes);
    }

    private static byte[] receive(SocketChannel from, int length) throws IOException {
        return Channels.newInputStream(from).readNBytes(length);
    }

    private static boolean hasEnded(SocketChannel from) {
        try {
            InputStream in = Channels.newInputStream(from);
            return in.read() < 0;
        } catch (IOException e) { // what it had not read is lost
            return Objects.requireNonNull(e.getMessage()).contains("reset");
        }
    }

    @Test
    void questionsAreAnsweredByTheAgentAlsoInPieces() throws IOException {
        var client = client();
        var asked = accepted();
        for (byte each : IDENTITIES) send(client, each);
        assertThat(receive(asked, IDENTITIES.length)).isEqualTo(IDENTITIES);
        send(asked, NONE[0], NONE[1], NONE[2]);
        send(asked, java.util.Arrays.copyOfRange(NONE, 3, NONE.length));
        assertThat(receive(client, NONE.length)).isEqualTo(NONE);
        client.close();
        assertThat(hasEnded(asked)).isTrue();
    }

    @Test
    void whatChangesTheAgentIsRefusedAndNeverReachesIt() throws IOException {
        var client = client();
        var asked = accepted();
        for (byte type : new byte[] {17, 18, 19, 20, 22, 23, 25, 26, 1, 9}) {
            send(client, (byte) 0, (byte) 0, (byte) 0, (byte) 1, type);
            assertThat(receive(client, FAILURE.length)).as("type " + type).isEqualTo(FAILURE);
        }
        send(client, IDENTITIES); // the first that it sees
        assertThat(receive(asked, IDENTITIES.length)).isEqualTo(IDENTITIES);
    }

    @Test
    void whoSendsNoMessageIsGivenUp() throws IOException {
        for (var bad : new byte[][] {{0, 0, 0, 0}, {-1, 0, 0, 0}, {'G', 'E', 'T', ' '}}) {
            var client = client();
            var asked = accepted();
            send(client, bad);
            assertThat(hasEnded(client)).isTrue();
            assertThat(hasEnded(asked)).isTrue();
        }
        var client = client();
        var asked = accepted();
        send(client, IDENTITIES);
        receive(asked, IDENTITIES.length);
        send(asked, (byte) 127, (byte) 0, (byte) 0, (byte) 0);
        assertThat(hasEnded(client)).isTrue();
    }

    @Test
    void whoAsksAnAgentThatHasGoneSeesTheEnd() throws IOException {
        var client = client();
        accepted().close();
        send(client, IDENTITIES);
        assertThat(hasEnded(client)).isTrue();
        agent.close();
        assertThat(hasEnded(client())).isTrue();
    }

    @Test
    void whoDoesNotReadOrEndItsMessageHoldsNobodyUp() throws Exception {
        var deaf = client();
        var asked = accepted();
        var writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (true)
                                    send(deaf, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 17);
                            } catch (IOException e) {
                                // the relay was closed
                            }
                        });
        var slow = client();
        accepted();
        send(slow, (byte) 0, (byte) 3);
        var other = client();
        var askedByOther = accepted();
        send(other, IDENTITIES);
        receive(askedByOther, IDENTITIES.length);
        send(askedByOther, NONE);
        assertThat(receive(other, NONE.length)).isEqualTo(NONE);
        relay.close();
        writer.join();
        assertThat(hasEnded(asked)).isTrue();
        assertThat(hasEnded(slow)).isTrue();
        assertThat(hasEnded(other)).isTrue();
    }

    @Test
    void moreConnectionsThanAreServedWaitForTheirTurn() throws IOException {
        var clients = new ArrayList<SocketChannel>();
        for (int i = 0; i < 17; i++) clients.add(client());
        for (int i = 0; i < 16; i++) accepted();
        agent.configureBlocking(false);
        assertThat(agent.accept()).isNull();
        agent.configureBlocking(true);
        clients.getFirst().close();
        var last = accepted();
        send(clients.getLast(), IDENTITIES);
        assertThat(receive(last, IDENTITIES.length)).isEqualTo(IDENTITIES);
    }

    @Test
    void nobodyConnectsOnceItIsClosed() throws IOException {
        var waiting = client();
        var asked = accepted();
        var read = ByteBuffer.allocate(1);
        relay.close();
        assertThat(waiting.read(read)).isNegative();
        assertThat(asked.read(read)).isNegative();
        assertThatThrownBy(this::client).hasMessageContaining("refused");
    }
}
