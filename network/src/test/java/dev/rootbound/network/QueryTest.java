package dev.rootbound.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class QueryTest {
    private static ByteBuffer withName(int... name) {
        var out = ByteBuffer.allocate(12 + name.length + 4).putShort(4, (short) 1).position(12);
        for (int each : name) out.put((byte) each);
        return out.putShort((short) 1).putShort((short) 1).flip();
    }

    private static void refused(ByteBuffer message, String why) {
        assertThatThrownBy(() -> Query.parse(message))
                .isInstanceOf(MalformedQuery.class)
                .hasMessageContaining(why);
    }

    @Test
    void aNameIsInLowerCase() throws Exception {
        var query = Query.parse(Dns.query(7, "Web.MyNet", Dns.AAAA));
        assertThat(query.name()).isEqualTo("web.mynet");
        assertThat(query.type()).isEqualTo(28);
        assertThat(query.dnsClass()).isEqualTo(1);
        assertThat(query.end()).isEqualTo(12 + 11 + 4);
        assertThat(query.udpSize()).isZero();
    }

    @Test
    void whatItsSenderTakesByUdpIsKnown() throws Exception {
        assertThat(Query.parse(Dns.query(7, "web", Dns.A, 1232)).udpSize()).isEqualTo(1232);
    }

    @Test
    void aDotWithinALabelSeparatesNothing() throws Exception {
        assertThat(Query.parse(withName(3, 'a', '.', 'b', 0)).name()).isEqualTo("a\\046b");
        assertThat(Query.parse(withName(2, '\\', 0xE9, 0)).name()).isEqualTo("\\092\\233");
    }

    @Test
    void theRootHasNoName() throws Exception {
        assertThat(Query.parse(withName(0)).name()).isEmpty();
    }

    @Test
    void aPointerInAQuestionIsRefused() {
        refused(withName(0xC0, 12), "compressed");
        refused(withName(1, 'a', 0xC0, 12), "compressed");
        refused(withName(0x40, 0), "compressed or unknown");
    }

    @Test
    void aNameHas255BytesAtMost() throws Exception {
        var label = "a".repeat(63);
        var most = String.join(".", label, label, label, "a".repeat(61));
        assertThat(Query.parse(Dns.query(7, most, 1)).name()).isEqualTo(most);
        refused(Dns.query(7, most + "a", 1), "255");
        refused(Dns.query(7, most + ".a", 1), "255");
    }

    @Test
    void aMessageThatEndsTooEarlyIsRefused() {
        var whole = Dns.query(7, "web.mynet", Dns.A, 1232);
        for (int size = 12; size < whole.limit(); size++) {
            var part = whole.duplicate().limit(size);
            refused(part, "ends within");
        }
    }

    @Test
    void questionsAreAskedOneByOne() {
        refused(Dns.query(7, "web", 1).putShort(4, (short) 0), "0 questions");
        refused(Dns.query(7, "web", 1).putShort(4, (short) 2), "2 questions");
    }

    @Test
    void moreRecordsThanThereAreIsRefused() {
        refused(Dns.query(7, "web", 1, 1232).putShort(6, (short) 0xFFFF), "ends within");
    }

    @Test
    void aPointerInARecordIsNotFollowed() throws Exception {
        var query = Dns.query(7, "web", 1);
        var message = ByteBuffer.allocate(query.limit() + 12).put(query.duplicate());
        message.putShort(10, (short) 1);
        message.putShort((short) (0xC000 | query.limit())); // to itself
        message.putShort((short) 41).putShort((short) 900).putInt(0).putShort((short) 0);
        assertThat(Query.parse(message.flip()).udpSize()).isEqualTo(900);
    }

    @Test
    void aReplyHasItsIdAndItsQuestion() throws Exception {
        var query = Query.parse(Dns.query(7, "Web", 1));
        short id = 77;
        var reply = Dns.answer(query.withId(id), new byte[4]);
        assertThat(query.isAnsweredBy(reply, id)).isTrue();
        assertThat(query.isAnsweredBy(Dns.answer(Dns.query(77, "wEB", 1), new byte[4]), id))
                .isTrue();
        assertThat(query.isAnsweredBy(reply, (short) 78)).isFalse();
        assertThat(query.isAnsweredBy(query.withId(id), id)).isFalse();
        assertThat(query.isAnsweredBy(Dns.answer(Dns.query(77, "wec", 1), new byte[4]), id))
                .isFalse();
        assertThat(query.isAnsweredBy(Dns.answer(Dns.query(77, "web", 28), new byte[4]), id))
                .isFalse();
        assertThat(query.isAnsweredBy(ByteBuffer.wrap("short".getBytes(ISO_8859_1)), id)).isFalse();
    }
}
