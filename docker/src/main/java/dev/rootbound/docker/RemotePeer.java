package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Remote;
import dev.rootbound.idmap.Tenant;
import java.util.Optional;

/**
 * Who connected over tcp. For whom it acts is asked at each request: the administrator may have
 * said something else meanwhile.
 */
record RemotePeer(Remote remote, Optional<Tenant> tenant) implements Peer {
    /** Tells whom a client acts for without waiting: {@link Engine#known(Remote)}. */
    interface Acquaintance {
        Optional<Tenant> known(Remote remote);
    }

    static RemotePeer of(Remote remote, Acquaintance acquaintance) {
        return new RemotePeer(remote, acquaintance.known(remote));
    }

    @Override
    public Caller caller(Engine engine) {
        return engine.caller(remote);
    }
}
