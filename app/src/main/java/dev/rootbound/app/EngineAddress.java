package dev.rootbound.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an engine listens. */
sealed interface EngineAddress {
    record Unix(Path path) implements EngineAddress {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /**
     * Over tcp.
     *
     * @param tls {@code null}: none
     */
    record Tcp(String host, int port, @Nullable ClientTls tls) implements EngineAddress {
        @Override
        public String toString() {
            return "tcp://" + host + ":" + port;
        }
    }

    /**
     * Parses {@code unix:///path} and {@code tcp://host:port}; port 2376 with TLS, else 2375 if
     * none.
     */
    static EngineAddress parse(String text, @Nullable ClientTls tls) {
        if (text.startsWith("unix://") && text.length() > 7) {
            try {
                return new Unix(Path.of(text.substring(7)));
            } catch (InvalidPathException e) {
                throw invalid(text, e);
            }
        }
        if (!text.startsWith("tcp://")) throw invalid(text, null);
        String address = text.substring(6);
        while (address.endsWith("/")) address = address.substring(0, address.length() - 1);
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > address.lastIndexOf(']');
        String host = hasPort ? address.substring(0, colon) : address;
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        try {
            int port =
                    hasPort
                            ? Integer.parseInt(address.substring(colon + 1))
                            : tls == null ? 2375 : 2376;
            if (port < 1 || port > 65535) throw invalid(text, null);
            return new Tcp(host.isEmpty() ? "127.0.0.1" : host, port, tls);
        } catch (NumberFormatException e) {
            throw invalid(text, e);
        }
    }

    private static CliException invalid(String text, @Nullable Exception cause) {
        var invalid =
                new CliException(
                        125,
                        "cannot use \""
                                + text
                                + "\" as the engine's address: unix:///PATH and tcp://HOST:PORT are"
                                + " understood");
        if (cause != null) invalid.initCause(cause);
        return invalid;
    }

    /** Connects. */
    default Link connect() throws IOException {
        return switch (this) {
            case Unix(Path path) -> {
                var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(UnixDomainSocketAddress.of(path));
                    yield Link.of(channel);
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            }
            case Tcp(String host, int port, ClientTls tls) -> {
                var address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) throw new IOException("no such host: " + host);
                yield tls == null
                        ? Link.of(SocketChannel.open(address))
                        : Link.of(tls.connect(host, address));
            }
        };
    }
}
