package dev.rootbound.network;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * A conversation in UDP that the kernel follows, linux/netfilter/nfnetlink_conntrack.h.
 *
 * @param to where its first datagram was sent
 * @param from where its answers come from: somewhere else, if it was led there
 * @param key a message's content by which the kernel finds it
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record Tracked(End to, End from, byte[] key) {
    private static final int NFGENMSG = 4; // linux/netfilter/nfnetlink.h
    private static final int NESTED = 0x8000; // NLA_F_NESTED, linux/netlink.h
    private static final int TUPLE_ORIG = 1;
    private static final int TUPLE_REPLY = 2;
    private static final int ID = 12;
    private static final int TUPLE_IP = 1;
    private static final int TUPLE_PROTO = 2;
    private static final int UDP = 17; // IPPROTO_UDP, linux/in.h

    /** An address and a port. */
    record End(InetAddress address, int port) {}

    /** Of what the kernel tells; empty if it is another protocol's. */
    static Optional<Tracked> parse(byte[] content) {
        var all = Netlink.attributes(content, NFGENMSG);
        var first = part(all, TUPLE_ORIG);
        var second = part(all, TUPLE_REPLY);
        if (!isUdp(first) || !isUdp(second)) return Optional.empty();
        var key =
                Netlink.joined(
                        Arrays.copyOf(content, NFGENMSG),
                        Netlink.attribute(TUPLE_ORIG | NESTED, first),
                        Netlink.attribute(ID, part(all, ID)));
        return Optional.of(new Tracked(end(first, 2, 4, 3), end(second, 1, 3, 2), key));
    }

    private static boolean isUdp(byte[] tuple) {
        var protocol = part(Netlink.attributes(tuple, 0), TUPLE_PROTO);
        var number = part(Netlink.attributes(protocol, 0), 1); // CTA_PROTO_NUM
        return number.length > 0 && number[0] == UDP;
    }

    /**
     * Of a tuple.
     *
     * @param ipv4 the attribute with the address: CTA_IP_V4_SRC, CTA_IP_V4_DST
     * @param ipv6 the same of IPv6
     * @param port CTA_PROTO_SRC_PORT, CTA_PROTO_DST_PORT
     */
    private static End end(byte[] tuple, int ipv4, int ipv6, int port) {
        var parts = Netlink.attributes(tuple, 0);
        var addresses = Netlink.attributes(part(parts, TUPLE_IP), 0);
        var address = part(addresses, addresses.containsKey(ipv4) ? ipv4 : ipv6);
        var number = part(Netlink.attributes(part(parts, TUPLE_PROTO), 0), port);
        if (number.length != 2) throw new IllegalArgumentException("no port");
        int value = Byte.toUnsignedInt(number[0]) << 8 | Byte.toUnsignedInt(number[1]);
        return new End(Addresses.of(address), value);
    }

    private static byte[] part(Map<Integer, byte[]> attributes, int type) {
        return attributes.getOrDefault(type, new byte[0]);
    }
}
