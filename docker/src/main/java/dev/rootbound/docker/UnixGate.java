package dev.rootbound.docker;

import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A unix socket: the kernel says who connects. */
final class UnixGate implements Gate {
    private final SocketFile file;
    private final Access access;
    private final LocalPeer.Acquaintance acquaintance;

    UnixGate(Path socket, Access access, LocalPeer.Acquaintance acquaintance) throws IOException {
        this.file = new SocketFile(socket);
        this.access = access;
        this.acquaintance = acquaintance;
    }

    @Override
    public Class<? extends ServerChannel> kind() {
        return EpollServerDomainSocketChannel.class;
    }

    @Override
    public SocketAddress address() {
        return new DomainSocketAddress(file.unfinished().toFile());
    }

    @Override
    public void open() throws IOException {
        file.publish(access);
    }

    @Override
    public void greet(DuplexChannel client, Consumer<Peer> whoIsIt) throws IOException {
        whoIsIt.accept(LocalPeer.of((EpollDomainSocketChannel) client, acquaintance));
    }

    @Override
    public void close() throws IOException {
        file.delete();
    }
}
