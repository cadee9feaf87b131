package dev.rootbound.docker;

import java.time.Duration;

/**
 * What one tenant's clients may hold of the server.
 *
 * @param connections open at once; each container that is attached to, followed or waited for takes
 *     one
 * @param head for a request line and its headers, from when the client connects or begins one
 * @param idle between two requests
 * @param handshakes of TLS under way at once, of everybody, for nobody is known yet; a quarter of
 *     one address
 * @param handshake how long one may take
 */
record ClientLimits(
        int connections, Duration head, Duration idle, int handshakes, Duration handshake) {
    /** A waiting Go client keeps a connection for 90 s, docker-java for some minutes. */
    static final ClientLimits DEFAULT =
            new ClientLimits(
                    4096,
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10),
                    256,
                    Duration.ofSeconds(10));
}
