package dev.rootbound.docker;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of what goes over the wire: a fake engine, served at a socket of the test's own. */
abstract class ServedEngine {
    final FakeEngine engine = new FakeEngine();
    @TempDir Path directory;
    Path socket;
    DockerApi api;

    @BeforeEach
    void serve() throws IOException {
        socket = directory.resolve("d.sock");
        api = DockerApi.serve(socket, Access.EVERYBODY, engine);
    }

    @AfterEach
    void close() throws IOException {
        api.close();
    }
}
