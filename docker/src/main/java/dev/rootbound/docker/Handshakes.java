package dev.rootbound.docker;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * TLS handshakes that are under way: of somebody who is not known yet, so they are bounded, in
 * total and for each address. On the event loop.
 */
final class Handshakes {
    private final ClientLimits limits;
    private final Map<InetAddress, Integer> open = new HashMap<>();
    private int all;

    Handshakes(ClientLimits limits) {
        this.limits = limits;
    }

    Duration patience() {
        return limits.handshake();
    }

    /** Whether one more may begin; if so, {@link #end} is called once. */
    boolean begin(InetAddress from) {
        int own = open.getOrDefault(from, 0);
        if (all >= limits.handshakes() || own >= (limits.handshakes() + 3) / 4) return false;
        open.put(from, own + 1);
        all++;
        return true;
    }

    void end(InetAddress from) {
        open.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
        all--;
    }
}
