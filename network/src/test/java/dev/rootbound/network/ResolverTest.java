package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(60)
class ResolverTest {
    private static final String ELSEWHERE = "www.example.com";
    private static final Duration SOON = Duration.ofSeconds(1);

    @TempDir Path directory;
    private TestNetwork network;

    @BeforeEach
    void makeNetwork() throws IOException {
        network = new TestNetwork(directory);
    }

    @AfterEach
    void removeNetwork() throws IOException {
        network.close();
    }

    private Resolver open(Upstream... upstream) throws IOException {
        var addresses = new ArrayList<InetSocketAddress>();
        for (var each : upstream) addresses.add(each.address());
        return Resolver.open(network.file, Dns.NAMES, () -> addresses);
    }

    private static int threadsElsewhere() throws IOException {
        var ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        int count = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (var each : all) {
                try {
                    if (!Files.readSymbolicLink(each.resolve("ns/net")).equals(ours)) count++;
                } catch (NoSuchFileException e) {
                    // it has ended
                }
            }
        }
        return count;
    }

    private static long sockets() throws IOException {
        long count = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var each : all) {
                try {
                    if (Files.readSymbolicLink(each).toString().startsWith("socket:")) count++;
                } catch (NoSuchFileException e) {
                    // the directory's own
                }
            }
        }
        return count;
    }

    @Test
    void namesAndAddressesAreAnsweredByUdpAndTcp() throws Exception {
        try (var _ = open()) {
            assertThat(network.ask(Dns.query(7, "web", Dns.A)).data())
                    .containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
            assertThat(network.askByTcp(Dns.query(8, "db.mynet", Dns.A)).data())
                    .containsExactly("10.1.0.4");
            assertThat(network.ask(Dns.query(9, "3.0.1.10.in-addr.arpa", Dns.PTR)).data())
                    .containsExactly("web.mynet");
        }
    }

    @Test
    void aReplyThatIsCutIsWholeByTcp() throws Exception {
        try (var _ = open()) {
            assertThat(network.ask(Dns.query(7, "many", Dns.A)).truncated()).isTrue();
            assertThat(network.askByTcp(Dns.query(7, "many", Dns.A)).data()).hasSize(100);
        }
    }

    @Test
    void aSocketThatIsNotConnectedSeesWhomItAsked() throws Exception {
        try (var _ = open();
                var client = network.udp()) {
            client.send(Dns.query(7, "web", Dns.A), TestNetwork.SERVER);
            assertThat(client.receive(ByteBuffer.allocate(512))).isEqualTo(TestNetwork.SERVER);
        }
    }

    @Test
    void manyQueriesGoThroughOneConnection() throws Exception {
        try (var _ = open();
                var client = network.tcp()) {
            for (int i = 0; i < 100; i++) {
                assertThat(TestNetwork.askByTcp(client, Dns.query(i, "web", Dns.A)).orElseThrow())
                        .extracting(Dns.Reply::id)
                        .isEqualTo(i);
            }
        }
    }

    @Test
    void whatIsNotOursIsAskedOfTheHostsServer() throws Exception {
        try (var upstream = Upstream.plain();
                var _ = open(upstream)) {
            var reply = network.ask(Dns.query(7, ELSEWHERE, Dns.A));
            assertThat(reply.id()).isEqualTo(7);
            assertThat(reply.data()).containsExactly("192.0.2.1");
            assertThat(network.askByTcp(Dns.query(7, ELSEWHERE, Dns.A))).isEqualTo(reply);
            assertThat(upstream.asked).hasValue(2);
        }
    }

    @Test
    void eachQuestionIsAskedWithAnIdAndAPortOfItsOwn() throws Exception {
        try (var upstream = Upstream.plain();
                var _ = open(upstream);
                var client = network.udp()) {
            client.connect(TestNetwork.SERVER);
            for (int i = 0; i < 20; i++) TestNetwork.ask(client, Dns.query(7, ELSEWHERE, Dns.A));
            assertThat(upstream.ids).hasSizeGreaterThan(15);
            assertThat(upstream.ports).hasSizeGreaterThan(15);
        }
    }

    @Test
    void aReplyToAnotherQuestionIsNotBelieved() throws Exception {
        byte[] wrong = {6, 6, 6, 6};
        byte[] right = {(byte) 192, 0, 2, 1};
        try (var upstream =
                        new Upstream(query ->
                                List.of(
                                        Dns.answer(
                                                Dns.query(query.getShort(0) + 1, ELSEWHERE, 1),
                                                wrong),
                                        Dns.answer(Dns.query(query.getShort(0), "evil", 1), wrong),
                                        ByteBuffer.allocate(3),
                                        Dns.answer(query, right)));
                var _ = open(upstream)) {
            assertThat(network.ask(Dns.query(7, ELSEWHERE, Dns.A)).data())
                    .containsExactly("192.0.2.1");
        }
    }

    @Test
    void theNextServerIsAskedWhenOneFails() throws Exception {
        InetSocketAddress gone;
        try (var closed = Upstream.plain()) {
            gone = closed.address();
        }
        try (var broken = new Upstream(query -> List.of(Replies.failure(parsed(query))));
                var good = Upstream.plain()) {
            var servers = List.of(broken.address(), gone, good.address());
            try (var _ = Resolver.open(network.file, Dns.NAMES, () -> servers)) {
                assertThat(network.ask(Dns.query(7, ELSEWHERE, Dns.A)).code()).isZero();
                assertThat(network.askByTcp(Dns.query(7, ELSEWHERE, Dns.A)).code()).isZero();
                assertThat(broken.asked).hasValue(2);
                assertThat(good.asked).hasValue(2);
            }
        }
    }

    private static Query parsed(ByteBuffer query) {
        try {
            return Query.parse(query);
        } catch (MalformedQuery e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReplyTooLargeForItsReaderIsCut() throws Exception {
        try (var upstream = new Upstream(query -> List.of(Dns.answer(query, new byte[1000])));
                var _ = open(upstream)) {
            var reply = network.ask(Dns.query(7, ELSEWHERE, Dns.MX));
            assertThat(reply.truncated()).isTrue();
            assertThat(reply.data()).isEmpty();
        }
    }

    @Test
    void withoutAnotherServerWhatIsNotOursFails() throws Exception {
        try (var _ = open()) {
            var query = Dns.query(7, ELSEWHERE, Dns.A);
            assertThat(network.ask(query).code()).isEqualTo(Replies.SERVFAIL);
            assertThat(network.askByTcp(query).code()).isEqualTo(Replies.SERVFAIL);
            assertThat(network.ask(Dns.query(7, "9.0.1.10.in-addr.arpa", Dns.PTR)).code())
                    .isEqualTo(Replies.SERVFAIL);
        }
    }

    @Test
    void aServerOfTheContainersOwnHasPort53() throws Exception {
        try (var _ = open();
                var own = network.udp();
                var client = network.udp()) {
            own.bind(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 53));
            assertThat(network.ask(Dns.query(7, "db.mynet", Dns.A)).data())
                    .containsExactly("10.1.0.4");
            client.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53));
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            var heard = ByteBuffer.allocate(10);
            own.receive(heard);
            assertThat(heard.position()).isEqualTo(3);
        }
    }

    @Test
    void aClientThatKeepsItsSocketIsAnsweredByTheNextEngine() throws Exception {
        try (var client = network.udp()) {
            client.connect(TestNetwork.SERVER);
            for (int i = 0; i < 3; i++) {
                try (var _ = open()) {
                    assertThat(TestNetwork.ask(client, Dns.query(i, "web", Dns.A)).id())
                            .isEqualTo(i);
                    assertThat(network.askByTcp(Dns.query(i, "web", Dns.A)).id()).isEqualTo(i);
                }
            }
        }
        assertThat(network.rules()).containsOnlyOnce("table").containsOnlyOnce("udp");
    }

    @Test
    void anotherPortWillDo() throws Exception {
        try (var own = network.udp()) {
            own.bind(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 61_053));
            try (var _ = open()) {
                assertThat(network.ask(Dns.query(7, "web", Dns.A)).id()).isEqualTo(7);
            }
        }
    }

    @Test
    void nothingIsLeftAfterTheEnd() throws Exception {
        try (var upstream = Upstream.silent();
                var asking = network.udp();
                var other = network.udp()) {
            long before = sockets();
            var resolver = open(upstream);
            asking.connect(TestNetwork.SERVER);
            asking.write(Dns.query(7, ELSEWHERE, Dns.A)); // which nobody answers
            try (var idle = network.tcp();
                    var waiting = network.tcp()) {
                Frames.write(waiting.socket(), Dns.query(7, ELSEWHERE, Dns.A));
                while (upstream.asked.get() < 2) Thread.sleep(1);
                long began = System.nanoTime();
                resolver.close();
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
                assertThat(idle.socket().getInputStream().read()).isEqualTo(-1);
            }
            assertThat(sockets()).isEqualTo(before);
            other.connect(TestNetwork.SERVER);
            assertThatThrownBy(() -> TestNetwork.ask(other, Dns.query(7, "web", Dns.A)))
                    .isInstanceOf(PortUnreachableException.class);
            resolver.close();
        }
    }

    @Test
    void questionsWithoutEndReachOthersAFewAtATimeAndOursAreStillAnswered() throws Exception {
        try (var upstream = Upstream.silent();
                var _ = open(upstream);
                var client = network.udp()) {
            client.connect(TestNetwork.SERVER);
            // fewer than its socket holds
            for (int i = 0; i < 200; i++) client.write(Dns.query(i, ELSEWHERE, Dns.A));
            assertThat(TestNetwork.ask(client, Dns.query(1000, "web", Dns.A)).id()).isEqualTo(1000);
            while (upstream.asked.get() < 64) Thread.sleep(1);
            Thread.sleep(50);
            assertThat(upstream.asked).hasValue(64);
            try (var tcp = network.tcp()) {
                assertThat(TestNetwork.askByTcp(tcp, Dns.query(7, ELSEWHERE, Dns.A))).isEmpty();
            }
        }
    }

    @Test
    void aFloodInOneContainerDoesNotReachAnother(@TempDir Path elsewhere) throws Exception {
        try (var other = new TestNetwork(elsewhere);
                var _ = open();
                var _ = Resolver.open(other.file, Dns.NAMES, List::of);
                var flooding = network.udp()) {
            flooding.connect(TestNetwork.SERVER);
            var flood = Thread.ofPlatform().start(() -> flood(flooding));
            other.ask(Dns.query(7, "web", Dns.A));
            long answered = 0;
            for (long end = System.nanoTime() + 1_000_000_000;
                    System.nanoTime() < end;
                    answered++) {
                long began = System.nanoTime();
                other.ask(Dns.query(7, "web", Dns.A));
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
            }
            flood.interrupt(); // which closes its socket
            flood.join();
            Thread.sleep(300); // what is left in the socket is read
            assertThat(answered).isGreaterThan(100);
            assertThat(network.ask(Dns.query(7, "web", Dns.A)).id()).isEqualTo(7);
        }
    }

    private static void flood(DatagramChannel client) {
        try {
            var query = Dns.query(7, "web", Dns.A);
            while (true) client.write(query.duplicate());
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void connectionsThatSayNothingKeepNobodyOut() throws Exception {
        var idle = new ArrayList<SocketChannel>();
        try (var _ = open()) {
            for (int i = 0; i < 40; i++) idle.add(network.tcp());
            assertThat(network.askByTcp(Dns.query(7, "web", Dns.A)).id()).isEqualTo(7);
            assertThat(idle.getFirst().socket().getInputStream().read()).isEqualTo(-1);
        } finally {
            for (var each : idle) each.close();
        }
    }

    @Test
    void noiseEndsNothing() throws Exception {
        var random = new Random(20261123);
        try (var _ = open();
                var udp = network.udp()) {
            udp.connect(TestNetwork.SERVER);
            for (int i = 0; i < 150; i++) {
                var noise = new byte[random.nextInt(i % 30 == 0 ? 9000 : 100)];
                random.nextBytes(noise);
                udp.write(ByteBuffer.wrap(noise));
                if (i % 10 != 0) continue;
                try (var tcp = network.tcp()) {
                    tcp.write(ByteBuffer.wrap(noise));
                } catch (IOException e) {
                    // it has refused the rest
                }
            }
            assertThat(network.ask(Dns.query(7, "web", Dns.A)).id()).isEqualTo(7);
            assertThat(network.askByTcp(Dns.query(7, "web", Dns.A)).id()).isEqualTo(7);
        }
    }

    @Test
    void whatFailsIsSaidAndGivenBack(@TempDir Path elsewhere) throws Exception {
        long before = sockets();
        var file = Files.createFile(elsewhere.resolve("file"));
        assertThatThrownBy(() -> Resolver.open(file, Dns.NAMES, List::of))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("setns");
        assertThatThrownBy(() ->
                        new Redirection(InetAddress.ofLiteral("127.0.0.11"), -1, 0)
                                .apply(network.file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(network.file + ": ")
                .hasMessageContaining("Error")
                .hasMessageContaining("nftables");
        assertThat(sockets()).isEqualTo(before);
    }

    @Test
    void noThreadOfTheEngineIsLeftInTheContainersNetwork() throws Exception {
        try (var _ = open()) {
            network.askByTcp(Dns.query(7, "web", Dns.A));
            // that which made the sockets has ended, which the kernel may show a moment later
            while (threadsElsewhere() > 0) Thread.sleep(1);
        }
    }
}
