package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Docker Engine API, versions 1.24 to 1.51,, on a unix socket, where each request acts for the
 * uid that the kernel names as its peer and the socket's mode decides only who may connect, and
 * over tcp, where a certificate says who asks.
 */
public final class DockerApi implements AutoCloseable {
    private final HttpServer server;

    private DockerApi(HttpServer server) {
        this.server = server;
    }

    /**
     * Serves from when this returns. A socket that nobody answers on any more is replaced.
     *
     * @param socket its directory must exist
     * @throws IOException if the path is in use, is no socket, or cannot be bound
     */
    public static DockerApi serve(Path socket, Access access, Engine engine) throws IOException {
        return serve(socket, access, ClientLimits.DEFAULT, engine);
    }

    /**
     * What is answered at all: {@code METHOD /path/{id}} each, without versions; {@code {name+}}
     * may have slashes. For tests that must not forget one.
     */
    public static List<String> endpoints(Engine engine) {
        return new Api(engine).routes().list();
    }

    /** Refuses, without making anything, a path that {@link #serve} would refuse as in use. */
    public static void refuseIfUsed(Path socket) throws IOException {
        SocketFile.refuseIfUsed(socket);
    }

    /** As {@link #serve(Path, Access, Engine)}, for tests that cannot wait long. */
    static DockerApi serve(Path socket, Access access, ClientLimits limits, Engine engine)
            throws IOException {
        return new DockerApi(
                new HttpServer(
                        new UnixGate(socket, access, engine::known), limits, new Api(engine)));
    }

    /**
     * Serves at an address that others reach, too; the engine's policy says who they are.
     *
     * @param tls {@code null}: nothing is encrypted, and nobody shows who it is
     * @throws IOException if the address cannot be bound
     */
    public static DockerApi serve(TcpHost host, @Nullable ServerTls tls, Engine engine)
            throws IOException {
        return serve(host, tls, ClientLimits.DEFAULT, engine);
    }

    /** As {@link #serve(TcpHost, ServerTls, Engine)}, for tests that cannot wait long. */
    static DockerApi serve(
            TcpHost host, @Nullable ServerTls tls, ClientLimits limits, Engine engine)
            throws IOException {
        return new DockerApi(
                new HttpServer(
                        new TcpGate(host, tls, limits, engine::known), limits, new Api(engine)));
    }

    /** Accepts nobody any more, removes the socket and lets running requests end for a moment. */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
