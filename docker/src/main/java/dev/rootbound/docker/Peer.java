package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Engine;
import dev.rootbound.idmap.Tenant;
import java.util.Optional;

/** Who connected. What it may is the engine's to say. */
sealed interface Peer permits LocalPeer, RemotePeer {
    /** Whose connections this one is counted with, if that was told when it connected. */
    Optional<Tenant> tenant();

    /** Whom a request acts for. */
    Caller caller(Engine engine);
}
