package dev.rootbound.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where an engine listens. */
sealed interface EngineAddress {
    record Unix(Path path) implements EngineAddress {
        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    record Tcp(String host, int port) implements EngineAddress {
        @Override
        public String toString() {
            return "tcp://" + host + ":" + port;
        }
    }

    /** Parses {@code unix:///path} and {@code tcp://host:port}; port 2375 if none. */
    static EngineAddress parse(String text) {
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
            int port = hasPort ? Integer.parseInt(address.substring(colon + 1)) : 2375;
            if (port < 1 || port > 65535) throw invalid(text, null);
            return new Tcp(host.isEmpty() ? "127.0.0.1" : host, port);
        } catch (NumberFormatException e) {
            throw invalid(text, e);
        }
    }

    private static CliException invalid(
            String text, @org.jspecify.annotations.Nullable Exception cause) {
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

    default SocketChannel connect() throws IOException {
        return switch (this) {
            case Unix(Path path) -> {
                var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    channel.connect(UnixDomainSocketAddress.of(path));
                    yield channel;
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            }
            case Tcp(String host, int port) -> {
                var address = new InetSocketAddress(host, port);
                if (address.isUnresolved()) throw new IOException("no such host: " + host);
                yield SocketChannel.open(address);
            }
        };
    }
}
