package dev.rootbound.docker;

import java.io.IOException;

/** How Docker turns an HTTP connection into a stream. */
final class Handshake {
    static final String RAW = "application/vnd.docker.raw-stream";
    private static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

    /** The first version that tells frames from bare bytes by the content type. */
    private static final int TELLS_FRAMES = 42;

    private Handshake() {}

    static String contentType(Call call, boolean terminal) {
        return terminal || call.version() < TELLS_FRAMES ? RAW : MULTIPLEXED;
    }

    /** 101 for a client that asked to upgrade, as the Go client insists on; else 200. */
    static Hijacked accept(Call call, boolean terminal) throws IOException {
        boolean upgrade = !call.exchange().header("Upgrade").isEmpty();
        var type = "Content-Type: " + contentType(call, terminal) + "\r\n";
        var head =
                upgrade
                        ? "HTTP/1.1 101 UPGRADED\r\n"
                                + type
                                + "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                        : "HTTP/1.1 200 OK\r\n" + type;
        var text = new StringBuilder(head);
        Headers.common().forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        return call.exchange().hijack(text.append("\r\n").toString());
    }
}
