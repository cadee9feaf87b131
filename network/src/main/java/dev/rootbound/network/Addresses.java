package dev.rootbound.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IP addresses as text; nobody is ever asked for a name. */
public final class Addresses {
    private Addresses() {}

    /**
     * The address that a literal is, RFC 4291 section 2.2 for IPv6; with or without brackets.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static InetAddress parse(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        var bare = bracketed ? text.substring(1, text.length() - 1) : text;
        try {
            return InetAddress.ofLiteral(canonical(bare));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address", e);
        }
    }

    /** Without zones, and without the short IPv4 forms (127.1) that not all programs know. */
    private static String canonical(String text) {
        boolean ipv4 = text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (ipv4 || (text.contains(":") && text.matches("[0-9A-Fa-f:.]+"))) return text;
        throw new IllegalArgumentException("'" + text + "' is not an IP address");
    }

    /** Of 4 or 16 bytes. */
    public static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address has " + bytes.length + " bytes", e);
        }
    }

    /** As RFC 5952 writes it, without a zone: {@code fd00::1}. */
    public static String text(InetAddress address) {
        if (!(address instanceof Inet6Address)) return address.getHostAddress();
        var groups = new int[8];
        var bytes = address.getAddress();
        for (int i = 0; i < 8; i++)
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        return compressed(groups);
    }

    private static String compressed(int[] groups) {
        int start = -1;
        int length = 1; // a single zero group is written
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) end++;
            if (end - i > length) {
                start = i;
                length = end - i;
            }
            i = Math.max(i, end - 1);
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') text.append(':');
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
