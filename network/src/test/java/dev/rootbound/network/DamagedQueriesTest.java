package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DamagedQueriesTest {
    private static final int ROUNDS = 50_000;
    private static final List<ByteBuffer> WHOLE =
            List.of(
                    Dns.query(7, "web", Dns.A, 1232),
                    Dns.query(7, "many", Dns.A),
                    Dns.query(7, "2.0.1.10.in-addr.arpa", Dns.PTR),
                    Dns.query(7, "0.".repeat(28) + "0.0.d.f.ip6.arpa", Dns.PTR, 512),
                    Dns.query(7, "www.example.com", Dns.AAAA, 4096));

    private final Random random = new Random(20261123);
    private final Answers answers = new Answers(Dns.NAMES, random);

    private ByteBuffer damaged() {
        var whole = WHOLE.get(random.nextInt(WHOLE.size()));
        var bytes = new byte[whole.limit()];
        whole.get(0, bytes);
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> (byte) 0xC0;
                        case 2 -> (byte) (bytes[at] + 1);
                        default -> (byte) random.nextInt();
                    };
        }
        return ByteBuffer.wrap(Arrays.copyOf(bytes, random.nextInt(bytes.length + 40)));
    }

    private ByteBuffer noise() {
        var bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static ByteBuffer copy(ByteBuffer message) {
        return ByteBuffer.allocate(message.limit()).put(message.duplicate()).flip();
    }

    /** Whatever the bytes: a reply that can be sent, a query that can be forwarded, or nothing. */
    private Response isHandled(ByteBuffer message, Transport transport) {
        var before = copy(message);
        var response = answers.to(message, transport);
        assertThat(message).isEqualTo(before);
        switch (response) {
            case Response.None _ -> assertThat(Query.isQuery(message)).isFalse();
            case Response.Reply(var reply) -> {
                assertThat(reply.remaining())
                        .isBetween(12, transport == Transport.UDP ? 4096 : 65_535);
                assertThat(reply.getShort(0)).isEqualTo(message.getShort(0));
                assertThat(Query.isQuery(reply)).isFalse();
                assertThat(answers.to(reply, transport)).isEqualTo(new Response.None());
            }
            case Response.Forward(var query) -> {
                assertThat(query.end()).isBetween(17, message.limit());
                assertThat(Replies.failure(query).remaining()).isBetween(17, 512);
                assertThat(query.isAnsweredBy(Replies.failure(query), query.id())).isTrue();
            }
        }
        return response;
    }

    @Test
    @Timeout(20)
    void aDamagedQueryIsAnsweredOrForwardedOrRefusedAndNothingElse() {
        int refused = 0;
        int answered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var transport = round % 2 == 0 ? Transport.UDP : Transport.TCP;
            if (isHandled(damaged(), transport) instanceof Response.Reply(var reply)) {
                if ((reply.get(3) & 0xF) == 0) answered++;
                else refused++;
            }
        }
        assertThat(refused).isGreaterThan(ROUNDS / 10);
        assertThat(answered).isGreaterThan(ROUNDS / 20);
    }

    @Test
    @Timeout(20)
    void noiseIsNeverAnError() {
        for (int round = 0; round < ROUNDS; round++) isHandled(noise(), Transport.UDP);
    }
}
