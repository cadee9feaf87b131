package dev.rootbound.engine;

import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Undo;
import dev.rootbound.network.Bridge;
import dev.rootbound.network.Firewall;
import dev.rootbound.network.Links;
import dev.rootbound.network.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The host's side of this engine's networks: a bridge for each that a container was on, and the
 * rules. All its links begin with what no other engine's do.
 */
final class BridgeSet {
    private static final int KEY = 5;
    private static final int REST = 8;

    private final Firewall firewall;
    private final String bridgePrefix;
    private final String plugPrefix;
    private final ReentrantLock making = new ReentrantLock();
    private final Map<String, Bridge> made = new HashMap<>(); // by network's id, guarded by making

    /**
     * @param root the engine's, by which its links and its table are told from other engines'
     */
    BridgeSet(Path root) {
        var key = NetworkRecords.digest(root.toString()).substring(0, KEY);
        this.firewall = new Firewall("rootbound_" + key);
        this.bridgePrefix = "rb" + key;
        this.plugPrefix = "rv" + key;
    }

    Firewall firewall() {
        return firewall;
    }

    /** The host's side of a plug. */
    String outside(String endpoint) {
        return plugPrefix + endpoint.substring(0, REST);
    }

    Bridge bridge(Network network) {
        var options = NetworkOptions.parse(network.options());
        var name =
                options.bridge().isEmpty()
                        ? bridgePrefix + network.id().substring(0, REST)
                        : options.bridge();
        var sides =
                network.subnets().stream()
                        .map(each -> new Bridge.Side(each.cidr(), each.gateway()))
                        .toList();
        var reach =
                new Bridge.Reach(network.internal(), options.masqueraded(), options.connected());
        return new Bridge(name, sides, options.mtu(), reach);
    }

    boolean isMade(Network network) {
        making.lock();
        try {
            return made.containsKey(network.id());
        } finally {
            making.unlock();
        }
    }

    /** Has its rules before its first packet. */
    private Bridge make(Network network) throws IOException {
        making.lock();
        try {
            var known = made.get(network.id());
            if (known != null && Links.isThere(known.name())) return known; // else it was removed
            var bridge = bridge(network);
            try (var undo = new Undo()) {
                firewall.add(bridge);
                undo.on(() -> firewall.remove(bridge));
                Links.makeBridge(bridge);
                undo.on(() -> Links.remove(bridge.name()));
                Failpoint.reach("network.bridge-made");
                undo.keep();
            }
            made.put(network.id(), bridge);
            return bridge;
        } finally {
            making.unlock();
        }
    }

    void plug(Stay.Plugged plugged, Path namespace) throws IOException {
        Links.plug(make(plugged.network()), namespace, plugged.plug());
        Failpoint.reach("network.plugged");
    }

    /**
     * Puts a plug into its bridge again, which is made if somebody has removed it.
     *
     * @return whether it was out; a plug that its container has removed stays away
     */
    boolean restore(Stay.Plugged plugged) throws IOException {
        var outside = plugged.plug().outside();
        if (!Links.isThere(outside) || Links.isAttached(outside)) return false;
        Links.attach(make(plugged.network()), outside);
        return true;
    }

    /** It must have no containers. */
    void remove(Network network) throws IOException {
        making.lock();
        try {
            made.remove(network.id());
            remove(bridge(network));
        } finally {
            making.unlock();
        }
    }

    private void remove(Bridge bridge) throws IOException {
        Links.remove(bridge.name());
        firewall.remove(bridge);
    }

    /** Of a new engine: what is in use stays, the rest that an earlier one left goes. */
    void recover(Collection<Network> used, Collection<Port> open, Set<String> outsides)
            throws IOException {
        making.lock();
        try {
            for (var network : used) {
                var bridge = bridge(network);
                Links.makeBridge(bridge);
                made.put(network.id(), bridge);
            }
            firewall.putAll(made.values(), open);
            var own = made.values().stream().map(Bridge::name).collect(Collectors.toSet());
            for (var link : Links.named(this::isOurs)) {
                if (!own.contains(link) && !outsides.contains(link)) Links.remove(link);
            }
        } finally {
            making.unlock();
        }
    }

    private boolean isOurs(String link) {
        return link.startsWith(bridgePrefix) || link.startsWith(plugPrefix);
    }

    /** At the engine's end: nothing is left of networks that no container is on. */
    void rest(Collection<Network> used) throws IOException {
        making.lock();
        try {
            var idle = new HashMap<>(made);
            for (var network : used) idle.remove(network.id());
            for (var each : idle.entrySet()) {
                made.remove(each.getKey());
                remove(each.getValue());
            }
        } finally {
            making.unlock();
        }
    }
}
