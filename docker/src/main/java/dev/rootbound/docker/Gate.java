package dev.rootbound.docker;

import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DuplexChannel;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Consumer;

/** Where clients come in, and how it is told who they are. */
interface Gate extends Closeable {
    Class<? extends ServerChannel> kind();

    SocketAddress address();

    /** The address is bound: lets clients in. */
    void open() throws IOException;

    /**
     * Finds out who has connected; on the event loop, as {@code whoIsIt} is called, at once or when
     * the client has shown who it is. Who does not show it is seen off.
     */
    void greet(DuplexChannel client, Consumer<Peer> whoIsIt) throws IOException;

    /** The address is not bound any more. */
    @Override
    void close() throws IOException;
}
