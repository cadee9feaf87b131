package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrackedTest {
    private static final byte[] IPV4 = {2, 0, 0, 0}; // struct nfgenmsg

    private static byte[] port(int number) {
        return new byte[] {(byte) (number >> 8), (byte) number};
    }

    private static byte[] tuple(int protocol, String from, int fromPort, String to, int toPort) {
        boolean ipv4 = Addresses.parse(from).getAddress().length == 4;
        var addresses =
                Netlink.joined(
                        Netlink.attribute(ipv4 ? 1 : 3, address(from)),
                        Netlink.attribute(ipv4 ? 2 : 4, address(to)));
        var ports =
                Netlink.joined(
                        Netlink.attribute(1, new byte[] {(byte) protocol}),
                        Netlink.attribute(2, port(fromPort)),
                        Netlink.attribute(3, port(toPort)));
        return Netlink.joined(
                Netlink.attribute(1 | 0x8000, addresses), Netlink.attribute(2 | 0x8000, ports));
    }

    private static byte[] address(String text) {
        return Addresses.parse(text).getAddress();
    }

    private static byte[] told(byte[] first, byte[] second) {
        return Netlink.joined(
                IPV4,
                Netlink.attribute(1 | 0x8000, first),
                Netlink.attribute(2 | 0x8000, second),
                Netlink.attribute(3, new byte[] {0, 0, 0, 8}),
                Netlink.attribute(12, new byte[] {1, 2, 3, 4}));
    }

    private static byte[] conversation(int protocol) {
        return told(
                tuple(protocol, "192.0.2.9", 41_000, "192.0.2.1", 5000),
                tuple(protocol, "172.17.0.2", 53, "192.0.2.9", 41_000));
    }

    private static Tracked.End end(String address, int port) {
        InetAddress parsed = Addresses.parse(address);
        return new Tracked.End(parsed, port);
    }

    @Test
    void whereItWasSentAndWhoAnswersIsRead() {
        var tracked = Tracked.parse(conversation(17)).orElseThrow();
        assertThat(tracked.to()).isEqualTo(end("192.0.2.1", 5000));
        assertThat(tracked.from()).isEqualTo(end("172.17.0.2", 53));
        assertThat(tracked.key())
                .startsWith(IPV4)
                .endsWith(1, 2, 3, 4)
                .hasSizeLessThan(conversation(17).length);
    }

    @Test
    void ofIpv6Too() {
        var first = tuple(17, "fd00::9", 41_000, "fd00::1", 65_535);
        var second = tuple(17, "fd00:1::2", 53, "fd00::9", 41_000);
        var tracked = Tracked.parse(told(first, second)).orElseThrow();
        assertThat(tracked.to()).isEqualTo(end("fd00::1", 65_535));
        assertThat(tracked.from()).isEqualTo(end("fd00:1::2", 53));
    }

    @Test
    void anotherProtocolsIsNone() {
        assertThat(Tracked.parse(conversation(6))).isEmpty();
        assertThat(Tracked.parse(new byte[4])).isEmpty();
    }

    @Test
    void aPacketHasSeveralMessages() {
        var one = Netlink.message(256, 2, conversation(17));
        var end = Netlink.message(Netlink.DONE, 2, new byte[4]);
        var packet = Netlink.joined(one, end);
        var messages = Netlink.messages(packet, packet.length);
        assertThat(messages).extracting(Netlink.Message::type).isEqualTo(List.of(256, 3));
        assertThat(messages.getFirst().content()).isEqualTo(conversation(17));
    }

    @Test
    void anAnswerSaysWhatWentWrong() {
        var bytes = java.nio.ByteBuffer.allocate(4).order(java.nio.ByteOrder.nativeOrder());
        var failed = new Netlink.Message(Netlink.ERROR, bytes.putInt(-2).array());
        assertThat(Netlink.errno(failed)).isEqualTo(2);
        assertThat(Netlink.errno(new Netlink.Message(Netlink.ERROR, new byte[4]))).isZero();
        assertThat(Netlink.errno(new Netlink.Message(Netlink.DONE, new byte[4]))).isZero();
    }

    @Test
    void whatIsCutOffIsNone() {
        var whole = Netlink.message(256, 2, conversation(17));
        for (int length = 16; length < whole.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> Netlink.messages(whole, cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void damagedBytesGiveNothingOrAreRefused() {
        var random = new Random(731);
        for (int round = 0; round < 20_000; round++) {
            var bytes = conversation(17);
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                var parsed = Tracked.parse(Arrays.copyOf(bytes, random.nextInt(bytes.length)));
                assertThat(parsed).isNotNull();
            } catch (IllegalArgumentException e) {
                // refused
            }
        }
    }
}
