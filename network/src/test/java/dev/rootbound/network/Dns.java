package dev.rootbound.network;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages as a client writes and reads them. */
final class Dns {
    static final int A = 1;
    static final int PTR = 12;
    static final int MX = 15;
    static final int AAAA = 28;

    private Dns() {}

    static ByteBuffer query(int id, String name, int type) {
        var out = ByteBuffer.allocate(512).putShort((short) id).putShort((short) 0x0100);
        out.putShort((short) 1).putShort((short) 0).putInt(0);
        for (var label : name.split("\\.")) {
            out.put((byte) label.length()).put(label.getBytes(ISO_8859_1));
        }
        return copy(out.put((byte) 0).putShort((short) type).putShort((short) 1));
    }

    /** With an OPT record. */
    static ByteBuffer query(int id, String name, int type, int udpSize) {
        var out = ByteBuffer.allocate(512).put(query(id, name, type)).putShort(10, (short) 1);
        out.put((byte) 0).putShort((short) 41).putShort((short) udpSize);
        return copy(out.putInt(0).putShort((short) 0));
    }

    /** What a server says to a query: one record of {@code data}. */
    static ByteBuffer answer(ByteBuffer query, byte[] data) {
        var out = ByteBuffer.allocate(query.limit() + 12 + data.length).put(query.duplicate());
        out.putShort(2, (short) 0x8180).putShort(6, (short) 1);
        out.putShort((short) 0xC00C).putShort(query.getShort(query.limit() - 4));
        out.putShort((short) 1).putInt(60).putShort((short) data.length).put(data);
        return out.flip();
    }

    private static ByteBuffer copy(ByteBuffer out) {
        return ByteBuffer.allocate(out.flip().limit()).put(out).flip();
    }

    record Reply(int id, int flags, List<String> data, int size, boolean edns) {
        int code() {
            return flags & 0xF;
        }

        boolean truncated() {
            return (flags & 0x0200) != 0;
        }
    }

    static Reply read(ByteBuffer message) {
        try {
            var in = message.duplicate();
            int id = in.getShort() & 0xFFFF;
            int flags = in.getShort() & 0xFFFF;
            int questions = in.getShort();
            int answers = in.getShort();
            int edns = in.getInt();
            for (int i = 0; i < questions; i++) {
                name(in);
                in.getInt();
            }
            var data = new ArrayList<String>();
            for (int i = 0; i < answers; i++) data.add(data(in));
            return new Reply(id, flags, data, message.limit(), edns == 1);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String data(ByteBuffer in) throws java.io.IOException {
        in.getShort(); // a pointer to the question
        int type = in.getShort();
        in.getShort();
        in.getInt();
        int length = in.getShort();
        if (type == PTR) return name(in);
        var bytes = new byte[length];
        in.get(bytes);
        return InetAddress.getByAddress(bytes).getHostAddress();
    }

    private static String name(ByteBuffer in) {
        var labels = new ArrayList<String>();
        for (int length = in.get(); length != 0; length = in.get()) {
            var label = new byte[length];
            in.get(label);
            labels.add(new String(label, ISO_8859_1));
        }
        return String.join(".", labels);
    }

    /** web, with two addresses and one of IPv6, and many, with a hundred. */
    static final Names NAMES =
            new Names() {
                private final Map<String, List<InetAddress>> all =
                        Map.of(
                                "web", literals("10.1.0.2", "10.1.0.3", "fd00::2"),
                                "db.mynet", literals("10.1.0.4"),
                                "many", many());

                @Override
                public List<InetAddress> addresses(String name) {
                    return all.getOrDefault(name, List.of());
                }

                @Override
                public Optional<String> name(InetAddress address) {
                    return addresses("web").contains(address)
                            ? Optional.of("web.mynet")
                            : Optional.empty();
                }
            };

    private static List<InetAddress> many() {
        var many = new ArrayList<InetAddress>();
        for (int i = 0; i < 100; i++) many.add(InetAddress.ofLiteral("10.2.0." + i));
        return many;
    }

    private static List<InetAddress> literals(String... texts) {
        return List.of(texts).stream().map(InetAddress::ofLiteral).toList();
    }
}
