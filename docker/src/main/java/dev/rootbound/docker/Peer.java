package dev.rootbound.docker;

import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Who connected, as the kernel says: unix(7), SO_PEERCRED. What it may is the engine's to say.
 *
 * @param groups the primary one: more than that SO_PEERCRED does not name
 */
record Peer(long uid, long gid, List<Long> groups) {
    Peer {
        groups = List.copyOf(groups);
    }

    static Peer of(EpollDomainSocketChannel channel) throws IOException {
        var peer = channel.peerCredentials();
        long uid = Integer.toUnsignedLong(peer.uid());
        var groups = Arrays.stream(peer.gids()).mapToObj(Integer::toUnsignedLong).toList();
        return new Peer(uid, groups.isEmpty() ? uid : groups.getFirst(), groups);
    }
}
