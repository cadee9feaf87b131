package dev.rootbound.app;

import dev.rootbound.docker.Access;
import dev.rootbound.docker.DockerApi;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** The engine's process. */
final class Daemon {
    /** Of heap, in bytes: after 1500 runs a collection leaves 9 MiB. */
    private static final long MUCH = 48L << 20;

    private Daemon() {}

    /** Serves until SIGTERM or SIGINT; containers go on. */
    static void run(Configuration configuration) throws IOException, InterruptedException {
        var stop = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var apis = new ArrayList<DockerApi>();
        var access = SocketGroup.access(configuration.group());
        try (var wiring = Wiring.open(configuration);
                var _ = PidFile.take(configuration.run())) {
            var engine = LocalEngine.open(wiring.parts());
            try {
                for (var host : configuration.hosts()) {
                    apis.add(DockerApi.serve(socket(host), access, engine));
                }
                writePid(configuration);
                reloadAtHangup(engine);
                Runtime.getRuntime()
                        .addShutdownHook(
                                new Thread(() -> {
                                    stop.countDown();
                                    awaitQuietly(stopped);
                                }));
                System.out.println(
                        "rootbound: ready on " + String.join(", ", configuration.hosts()));
                while (!stop.await(1, TimeUnit.MINUTES)) {
                    collectGarbage();
                }
            } finally {
                engine.settle(); // before requests are interrupted
                for (var api : apis) {
                    api.close();
                }
                engine.close();
                var pidfile = askedPidfile(configuration);
                if (pidfile != null) {
                    Files.deleteIfExists(pidfile);
                }
            }
        } finally {
            stopped.countDown();
        }
    }

    /** signal(7): SIGHUP has the policy read again. What is wrong changes nothing. */
    private static void reloadAtHangup(LocalEngine engine) {
        Signal.handle(
                new Signal("HUP"),
                _ -> {
                    try {
                        engine.reloadPolicy();
                        System.out.println("rootbound: the policy was read again");
                    } catch (EngineException e) {
                        System.err.println(
                                "rootbound: the policy stays as it was: " + e.getMessage());
                    }
                });
    }

    /**
     * The serial collector looks at what has grown old only when the heap has grown to its limit:
     * what a busy hour left would be the engine's for good.
     */
    private static void collectGarbage() {
        var heap = Runtime.getRuntime();
        if (heap.totalMemory() - heap.freeMemory() > MUCH) {
            System.gc();
        }
    }

    /** Refuses options that {@link #run} cannot honour, and makes nothing. */
    static void check(Configuration configuration) throws IOException {
        for (var host : configuration.hosts()) {
            var directory = socket(host).getParent();
            if (directory == null
                    || (!directory.equals(configuration.run()) && !Files.isDirectory(directory))) {
                throw new CliException(
                        ExitCodes.ENGINE, "--host " + host + ": no directory " + directory);
            }
            DockerApi.refuseIfUsed(socket(host));
        }
        Access _ = SocketGroup.access(configuration.group());
        Wiring.check(configuration);
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
        var pidfile = askedPidfile(configuration);
        if (pidfile != null) {
            Files.writeString(pidfile, ProcessHandle.current().pid() + "\n");
        }
    }

    /** {@code null}: none was asked for, or the one that is there anyway. */
    private static @Nullable Path askedPidfile(Configuration configuration) {
        Path asked = configuration.pidfile();
        return PidFile.in(configuration.run()).equals(asked) ? null : asked;
    }
}
