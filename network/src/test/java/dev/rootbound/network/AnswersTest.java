package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final int WITH_ANSWER = 0x8180; // QR, RD, RA

    private final Answers answers = new Answers(Dns.NAMES, new Random(20261123));

    private Dns.Reply ask(ByteBuffer message, Transport transport) {
        assertThat(answers.to(message, transport)).isInstanceOf(Response.Reply.class);
        var reply = ((Response.Reply) answers.to(message, transport)).message();
        assertThat(reply.position()).isZero();
        return Dns.read(reply);
    }

    private Dns.Reply ask(String name, int type) {
        return ask(Dns.query(7, name, type), Transport.UDP);
    }

    private void isForwarded(ByteBuffer message) {
        assertThat(answers.to(message, Transport.UDP)).isInstanceOf(Response.Forward.class);
    }

    @Test
    void eachFamilyHasItsAddresses() {
        var reply = ask("WEB", Dns.A);
        assertThat(reply.id()).isEqualTo(7);
        assertThat(reply.flags()).isEqualTo(WITH_ANSWER);
        assertThat(reply.data()).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
        assertThat(ask("web", Dns.AAAA).data()).containsExactly("fd00:0:0:0:0:0:0:2");
    }

    @Test
    void aNameWithoutAnAddressOfTheFamilyIsStillAName() {
        for (int type : List.of(Dns.AAAA, Dns.MX)) {
            var reply = ask("db.mynet", type);
            assertThat(reply.code()).isZero();
            assertThat(reply.data()).isEmpty();
        }
    }

    @Test
    void eachAddressIsFirstAtTimes() {
        var first = new HashSet<String>();
        for (int i = 0; i < 50; i++) first.add(ask("web", Dns.A).data().getFirst());
        assertThat(first).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
    }

    @Test
    void anAddressHasItsName() {
        assertThat(ask("2.0.1.10.in-addr.arpa", Dns.PTR).data()).containsExactly("web.mynet");
        var ipv6 = "2.0.0.0." + "0.".repeat(24) + "0.0.d.f.IP6.arpa";
        assertThat(ask(ipv6, Dns.PTR).data()).containsExactly("web.mynet");
    }

    @Test
    void whatIsNotOursIsAskedElsewhere() {
        isForwarded(Dns.query(7, "example.com", Dns.A));
        isForwarded(Dns.query(7, "single", Dns.A));
        isForwarded(Dns.query(7, "9.0.1.10.in-addr.arpa", Dns.PTR));
        isForwarded(Dns.query(7, "2.0.1.10.in-addr.arpa.example", Dns.PTR));
        isForwarded(Dns.query(7, "02.0.1.10.in-addr.arpa", Dns.PTR));
        isForwarded(Dns.query(7, "258.0.1.10.in-addr.arpa", Dns.PTR));
        isForwarded(Dns.query(7, "1.10.in-addr.arpa", Dns.PTR));
        isForwarded(Dns.query(7, "g.ip6.arpa", Dns.PTR));
    }

    @Test
    void anotherClassThanTheInternetIsNotOurs() {
        var chaos = Dns.query(7, "web", Dns.A);
        isForwarded(chaos.putShort(chaos.limit() - 2, (short) 3));
    }

    @Test
    void aReplyByUdpIsCutAtWhatItsReaderTakes() {
        var cut = ask("many", Dns.A);
        assertThat(cut.truncated()).isTrue();
        assertThat(cut.size()).isBetween(490, 512);
        assertThat(cut.data()).hasSize((512 - 12 - 6 - 4) / 16);
        var less = ask(Dns.query(7, "many", Dns.A, 100), Transport.UDP);
        assertThat(less.size()).isBetween(490, 512);
        var whole = ask(Dns.query(7, "many", Dns.A, 4096), Transport.UDP);
        assertThat(whole.truncated()).isFalse();
        assertThat(whole.data()).hasSize(100);
        assertThat(whole.edns()).isTrue();
        assertThat(ask(Dns.query(7, "many", Dns.A), Transport.TCP).data()).hasSize(100);
    }

    @Test
    void aReplyIsNotAnswered() {
        var reply = Dns.answer(Dns.query(7, "web", Dns.A), new byte[4]);
        assertThat(answers.to(reply, Transport.UDP)).isEqualTo(new Response.None());
        assertThat(answers.to(ByteBuffer.allocate(11), Transport.UDP))
                .isEqualTo(new Response.None());
    }

    @Test
    void whatIsNotAQuestionIsRefused() {
        var update = ask(Dns.query(7, "web", Dns.A).putShort(2, (short) 0x2800), Transport.UDP);
        assertThat(update.code()).isEqualTo(Replies.NOTIMP);
        assertThat(update.size()).isEqualTo(12);
        assertThat(ask(ByteBuffer.allocate(12), Transport.UDP).code()).isEqualTo(Replies.FORMERR);
    }

    @Test
    void namesThatFailAreAFailureOfOneAnswer() {
        var broken =
                new Names() {
                    @Override
                    public List<InetAddress> addresses(String name) {
                        throw new IllegalStateException("broken");
                    }

                    @Override
                    public Optional<String> name(InetAddress address) {
                        return Optional.of("a".repeat(64));
                    }
                };
        var failing = new Answers(broken, new Random(1));
        var reply = (Response.Reply) failing.to(Dns.query(7, "web", Dns.A), Transport.UDP);
        assertThat(Dns.read(reply.message()).code()).isEqualTo(Replies.SERVFAIL);
        var unnamed =
                (Response.Reply)
                        failing.to(Dns.query(7, "1.0.0.10.in-addr.arpa", Dns.PTR), Transport.UDP);
        assertThat(Dns.read(unnamed.message()).data()).isEmpty();
    }
}
