package dev.rootbound.engine;

import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** A unix(7) socket of the host that a caller has named: what it was when it was opened. */
public final class HostSocket implements AutoCloseable {
    private final Fd socket;
    private final Credentials user;
    private final Runnable closed;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /**
     * @param closed told once
     */
    HostSocket(Fd socket, Credentials user, Runnable closed) {
        this.socket = socket;
        this.user = user;
        this.closed = closed;
    }

    /** Connects as the caller, who is its listener's peer. */
    public SocketChannel connect() throws IOException {
        return HostPath.connect(socket, user);
    }

    @Override
    public void close() {
        if (isClosed.getAndSet(true)) return;
        socket.close();
        closed.run();
    }
}
