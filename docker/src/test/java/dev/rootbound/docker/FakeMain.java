package dev.rootbound.docker;

import java.nio.file.Path;

/** Serves the fake engine on the socket that is named, to try a client by hand. */
final class FakeMain {
    private FakeMain() {}

    public static void main(String[] args) throws Exception {
        try (var _ = DockerApi.serve(Path.of(args[0]), Access.EVERYBODY, new FakeEngine())) {
            Thread.currentThread().join();
        }
    }
}
