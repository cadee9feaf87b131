package dev.rootbound.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** An address as the name that is asked for its name: RFC 1035 section 3.5, RFC 3596. */
final class ReverseName {
    private static final String IPV4 = ".in-addr.arpa";
    private static final String IPV6 = ".ip6.arpa";

    private ReverseName() {}

    /** Empty if the name is none of an address. */
    static Optional<InetAddress> address(String name) {
        if (name.endsWith(IPV4)) return ipv4(labels(name, IPV4));
        if (name.endsWith(IPV6)) return ipv6(labels(name, IPV6));
        return Optional.empty();
    }

    private static String[] labels(String name, String suffix) {
        return name.substring(0, name.length() - suffix.length()).split("\\.", -1);
    }

    private static Optional<InetAddress> ipv4(String[] labels) {
        if (labels.length != 4) return Optional.empty();
        var bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!labels[3 - i].matches("0|[1-9][0-9]{0,2}")) return Optional.empty();
            int value = Integer.parseInt(labels[3 - i]);
            if (value > 255) return Optional.empty();
            bytes[i] = (byte) value;
        }
        return address(bytes);
    }

    private static Optional<InetAddress> ipv6(String[] labels) {
        if (labels.length != 32) return Optional.empty();
        var bytes = new byte[16];
        for (int i = 0; i < 32; i++) {
            var label = labels[31 - i];
            if (!label.matches("[0-9a-f]")) return Optional.empty();
            bytes[i / 2] = (byte) (bytes[i / 2] << 4 | Character.digit(label.charAt(0), 16));
        }
        return address(bytes);
    }

    private static Optional<InetAddress> address(byte[] bytes) {
        try {
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // of 4 or 16 bytes
        }
    }
}
