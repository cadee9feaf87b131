package dev.rootbound.app;

import dev.rootbound.docker.Access;
import dev.rootbound.docker.DockerApi;
import dev.rootbound.docker.ServerTls;
import dev.rootbound.docker.TcpHost;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.LocalEngine;
import dev.rootbound.engine.PolicyInForce;
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
        var tls = configuration.tls() == null ? null : configuration.tls().open();
        var access = SocketGroup.access(configuration.group());
        try (var wiring = Wiring.open(configuration);
                var _ = PidFile.take(configuration.run())) {
            var engine = LocalEngine.open(wiring.parts());
            try {
                for (var host : configuration.hosts()) {
                    apis.add(
                            host.startsWith("tcp://")
                                    ? DockerApi.serve(TcpHost.parse(host), tls, engine)
                                    : DockerApi.serve(socket(host), access, engine));
                }
                writePid(configuration);
                var policy = wiring.parts().policy();
                warn(configuration, policy);
                reloadAtHangup(engine, () -> warn(configuration, policy));
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

    /** Who is host root from elsewhere is so on purpose, and said. */
    private static void warn(Configuration configuration, PolicyInForce policy) {
        for (var warning : policy.get().clients().warnings(configuration.hosts())) {
            System.err.println("rootbound: warning: " + warning);
        }
    }

    /** signal(7): SIGHUP has the policy read again. What is wrong changes nothing. */
    private static void reloadAtHangup(LocalEngine engine, Runnable after) {
        Signal.handle(
                new Signal("HUP"),
                _ -> {
                    try {
                        engine.reloadPolicy();
                        after.run();
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
        if (configuration.tls() != null) {
            ServerTls _ = configuration.tls().open();
        }
        for (var host : configuration.hosts()) {
            if (host.startsWith("tcp://")) continue;
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
