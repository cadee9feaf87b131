package dev.rootbound.app;

import dev.rootbound.docker.DockerApi;
import dev.rootbound.engine.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;

/** The engine's process. */
final class Daemon {
    /** Until tenants' policy is built, only root may talk to the engine. */
    private static final int SOCKET_MODE = 0600;

    private Daemon() {}

    /** Serves until SIGTERM or SIGINT; containers go on. */
    static void run(Configuration configuration) throws IOException, InterruptedException {
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var apis = new ArrayList<DockerApi>();
        try (var wiring = Wiring.open(configuration)) {
            var engine = LocalEngine.open(wiring.parts());
            try {
                for (var host : configuration.hosts()) {
                    apis.add(DockerApi.serve(socket(host), SOCKET_MODE, engine));
                }
                writePid(configuration);
                Runtime.getRuntime()
                        .addShutdownHook(
                                new Thread(() -> {
                                    stop.countDown();
                                    awaitQuietly(stopped);
                                }));
                System.out.println(
                        "rootbound: ready on " + String.join(", ", configuration.hosts()));
                stop.await();
            } finally {
                engine.settle(); // before requests are interrupted
                for (var api : apis) {
                    api.close();
                }
                engine.close();
                if (configuration.pidfile() != null) {
                    Files.deleteIfExists(configuration.pidfile());
                }
            }
        } finally {
            stopped.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path socket(String host) {
        if (!host.startsWith("unix://")) {
            throw new CliException(
                    ExitCodes.ENGINE, "--host " + host + ": only unix://PATH is built yet");
        }
        return Path.of(host.substring("unix://".length())).toAbsolutePath();
    }

    private static void writePid(Configuration configuration) throws IOException {
        if (configuration.pidfile() != null) {
            Files.writeString(configuration.pidfile(), ProcessHandle.current().pid() + "\n");
        }
    }
}
