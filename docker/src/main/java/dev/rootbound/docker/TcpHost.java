package dev.rootbound.docker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * Where to listen for clients from elsewhere.
 *
 * @param text as it was asked for, {@code tcp://ADDRESS:PORT}; the policy names it so
 */
public record TcpHost(String text, InetSocketAddress address) {
    private static final Pattern FORM =
            Pattern.compile("tcp://(\\[[0-9a-fA-F:.]+]|[^:/\\[\\]]+):([0-9]{1,5})");

    /**
     * Parses {@code tcp://ADDRESS:PORT}: an address, which must be said, or a name that has one.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static TcpHost parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "it is tcp://ADDRESS:PORT, such as tcp://127.0.0.1:2376, or tcp://0.0.0.0:2376"
                            + " for all addresses of this host");
        }
        int port = Integer.parseInt(form.group(2));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is from 1 to 65535");
        }
        try {
            return new TcpHost(
                    text, new InetSocketAddress(InetAddress.getByName(form.group(1)), port));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address is known for " + form.group(1), e);
        }
    }
}
