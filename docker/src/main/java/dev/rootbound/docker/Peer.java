package dev.rootbound.docker;

import dev.rootbound.linux.PeerGroups;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.util.List;

/**
 * Who connected, as the kernel says: unix(7), SO_PEERCRED and SO_PEERGROUPS. What it may is the
 * engine's to say.
 *
 * @param groups the supplementary ones; the primary is among them only if it is one of those, too
 */
record Peer(long uid, long gid, List<Long> groups) {
    Peer {
        groups = List.copyOf(groups);
    }

    static Peer of(EpollDomainSocketChannel channel) throws IOException {
        var peer = channel.peerCredentials();
        return new Peer(
                Integer.toUnsignedLong(peer.uid()),
                Integer.toUnsignedLong(peer.gids()[0]), // Netty has the primary one only
                PeerGroups.of(channel.fd().intValue()));
    }
}
