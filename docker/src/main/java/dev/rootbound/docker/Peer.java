package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Engine;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.PeerGroups;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Who connected, as the kernel says: unix(7), SO_PEERCRED and SO_PEERGROUPS. What it may is the
 * engine's to say.
 *
 * @param groups the supplementary ones; the primary is among them only if it is one of those, too
 * @param pid of the process that connected
 * @param known whom it acts for, if that was told when it connected
 */
record Peer(long uid, long gid, List<Long> groups, long pid, Optional<Caller> known) {
    /** Tells whom a peer acts for without waiting: {@link Engine#known}. */
    interface Acquaintance {
        Optional<Caller> known(long uid, long gid, List<Long> groups);
    }

    Peer {
        groups = List.copyOf(groups);
    }

    static Peer of(EpollDomainSocketChannel channel, Acquaintance acquaintance) throws IOException {
        var peer = channel.peerCredentials();
        long uid = Integer.toUnsignedLong(peer.uid());
        long gid = Integer.toUnsignedLong(peer.gids()[0]); // Netty has the primary one only
        var groups = PeerGroups.of(channel.fd().intValue());
        return new Peer(uid, gid, groups, peer.pid(), acquaintance.known(uid, gid, groups));
    }

    Optional<Tenant> tenant() {
        return known.map(Caller::tenant);
    }

    Caller caller(Engine engine) {
        return known.orElseGet(() -> engine.caller(uid, gid, groups)).by(pid);
    }
}
