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
record LocalPeer(long uid, long gid, List<Long> groups, long pid, Optional<Caller> known)
        implements Peer {
    /** Tells whom a peer acts for without waiting: {@link Engine#known(long, long, List)}. */
    interface Acquaintance {
        Optional<Caller> known(long uid, long gid, List<Long> groups);
    }

    LocalPeer {
        groups = List.copyOf(groups);
    }

    static LocalPeer of(EpollDomainSocketChannel channel, Acquaintance acquaintance)
            throws IOException {
        var peer = channel.peerCredentials();
        long uid = Integer.toUnsignedLong(peer.uid());
        long gid = Integer.toUnsignedLong(peer.gids()[0]); // Netty has the primary one only
        var groups = PeerGroups.of(channel.fd().intValue());
        return new LocalPeer(uid, gid, groups, peer.pid(), acquaintance.known(uid, gid, groups));
    }

    @Override
    public Optional<Tenant> tenant() {
        return known.map(Caller::tenant);
    }

    @Override
    public Caller caller(Engine engine) {
        return known.orElseGet(() -> engine.caller(uid, gid, groups)).by(pid);
    }
}
