package dev.rootbound.systemtests;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The engine that the suite talks to: ours, started for it, or with {@code
 * -Drootbound.control=unix:///path} another one, to see that the tests can tell the difference.
 */
final class Target implements AutoCloseable {
    private @Nullable Daemon daemon; // another after it did not answer
    private final Cli docker;
    private final List<Cli> clients;
    private final String address;
    private final @Nullable Path store;
    private final Set<TestImage> loaded = new HashSet<>();

    private Target(@Nullable Daemon daemon, String address, @Nullable Path store) {
        this.daemon = daemon;
        this.store = store;
        this.address = address;
        docker = new Cli("docker", List.of("docker", "-H", address));
        var ours = new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", address));
        clients = daemon == null ? List.of(docker) : List.of(docker, ours);
    }

    static Target fromProperties() {
        var control = System.getProperty("rootbound.control", "");
        if (control.isEmpty()) {
            var daemon = Daemon.start();
            return new Target(daemon, daemon.address(), daemon.root());
        }
        var root = System.getProperty("rootbound.control.root", "");
        return new Target(null, control, root.isEmpty() ? null : Path.of(root));
    }

    boolean isControl() {
        return daemon == null;
    }

    List<Cli> clients() {
        return clients;
    }

    Cli docker() {
        return docker;
    }

    /** Of the engine's socket, as clients take it. */
    String address() {
        return address;
    }

    /** Where the engine keeps images and containers. */
    Path store() {
        if (store == null) throw new AssertionError("not known where the control stores");
        return store;
    }

    /**
     * The engine started for the suite; in a control run there is none, and the test is left out.
     */
    Daemon daemon() {
        if (daemon == null) throw new org.opentest4j.TestAbortedException("about our own engine");
        return daemon;
    }

    /** Loads the image unless an earlier test did. */
    synchronized void load(TestImage... images) {
        for (var image : images)
            if (loaded.add(image))
                Shell.run(
                                300,
                                java.util.Map.of(),
                                new byte[0],
                                docker.line("load", "-q", "-i", image.archive().toString()))
                        .ok();
    }

    /** What a failure may not leave behind, as a text to compare. */
    String leftovers() {
        return daemon == null ? "" : daemon.leftovers();
    }

    /**
     * Removes the tests' containers. An engine that does not answer is killed and started again, so
     * that the failure is one test's and not all that follow.
     */
    void removeContainers() {
        try {
            removeNow();
        } catch (AssertionError hung) {
            if (daemon == null) throw hung;
            var threads = daemon.threads();
            daemon = daemon.restarted();
            removeNow();
            throw new AssertionError(hung.getMessage() + "\nthe engine's threads:\n" + threads);
        }
    }

    private void removeNow() {
        var ids = docker.run("ps", "-aq", "--filter", "name=" + Cli.PREFIX).ok().out();
        if (ids.isEmpty()) return;
        var line = new java.util.ArrayList<>(List.of("rm", "-f"));
        line.addAll(ids.lines().toList());
        Shell.run(120, java.util.Map.of(), new byte[0], docker.line(line.toArray(String[]::new)))
                .ok();
    }

    @Override
    public void close() {
        removeContainers();
        if (daemon != null) daemon.closeAndExpectNothingLeft();
        else for (var image : loaded) docker.run("rmi", "-f", image.tag());
    }
}
