package dev.rootbound.engine;

import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A unix(7) socket of the host that a caller has named: what it was when it was opened. */
public final class HostSocket implements AutoCloseable {
    private final Fd socket;
    private final Credentials user;

    HostSocket(Fd socket, Credentials user) {
        this.socket = socket;
        this.user = user;
    }

    /** Connects as the caller, who is its listener's peer. */
    public SocketChannel connect() throws IOException {
        return HostPath.connect(socket, user);
    }

    @Override
    public void close() {
        socket.close();
    }
}
