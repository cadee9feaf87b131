package dev.rootbound.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An engine of ours with directories of its own, which it is started with and which it may leave
 * nothing in.
 */
final class Daemon implements AutoCloseable {
    /** In its directory, a file that a test may write before it starts the engine. */
    static final String POLICY = "policy.yaml";

    private static final byte[] NOTHING = {};
    private final Path directory;
    private final Path root;
    private final Process process;

    private Daemon(Path directory, Path root, Process process) {
        this.directory = directory;
        this.root = root;
        this.process = process;
    }

    /** An empty directory that containers' roots can search. */
    static Path directory() {
        try {
            var directory = Files.createTempDirectory(Path.of("/tmp"), "rbt");
            return Files.setPosixFilePermissions(
                    directory, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets up what is not, so that the start itself is quick. */
    static Daemon start() {
        Shell.run(900, Map.of(), NOTHING, List.of(Shell.CHECKOUT + "/rootbound", "--help"));
        var directory = directory();
        return start(directory, directory.resolve("root"), "");
    }

    /**
     * @param root where it stores
     * @param host shell commands to run before, in a mount namespace of their own: the host with a
     *     fault. Empty: none.
     */
    static Daemon start(Path directory, Path root, String host) {
        return awaited(launch(directory, root, host));
    }

    /**
     * For {@link #start(Path, Path, String)}: what makes a file all lines of subordinate ids that
     * the engine sees, in its own mount namespace only.
     *
     * @param file which may change between two engines
     */
    static String subids(Path file) {
        return "mount --bind %1$s /etc/subuid; mount --bind %1$s /etc/subgid".formatted(file);
    }

    /** As {@link #start(Path, Path, String)}, with options. */
    static Daemon start(Path directory, Path root, List<String> options) {
        return start(directory, root, "", options);
    }

    /** With both. */
    static Daemon start(Path directory, Path root, String host, List<String> options) {
        return awaited(launch(directory, root, host, Map.of(), options));
    }

    private static Daemon awaited(Daemon daemon) {
        try {
            daemon.awaitReady();
            return daemon;
        } catch (AssertionError e) {
            daemon.close();
            throw e;
        }
    }

    /** Starts it and does not wait: it may fail. */
    static Daemon launch(Path directory, Path root, String host) {
        return launch(directory, root, host, Map.of(), List.of());
    }

    /** As {@link #start(Path, Path, String)}, with failpoints that {@link #arm} sets off. */
    static Daemon withFailpoints(Path directory, Path root) {
        var file = directory.resolve("failpoint").toString();
        return start(directory, root, Map.of("ROOTBOUND_FAILPOINTS", file));
    }

    /** As {@link #start(Path, Path, String)}, with an environment. */
    static Daemon start(Path directory, Path root, Map<String, String> environment) {
        var daemon = launch(directory, root, "", environment, List.of());
        daemon.awaitReady();
        return daemon;
    }

    private static Daemon launch(
            Path directory,
            Path root,
            String host,
            Map<String, String> environment,
            List<String> options) {
        var line = new ArrayList<String>();
        if (!host.isEmpty())
            line.addAll(
                    List.of(
                            "unshare",
                            "--mount",
                            "--propagation",
                            "slave",
                            "sh",
                            "-ec",
                            host + "; exec \"$@\"",
                            "-"));
        line.addAll(
                List.of(
                        "env",
                        "--default-signal=HUP", // whoever runs the tests may ignore it (nohup)
                        Shell.CHECKOUT + "/rootbound",
                        "daemon",
                        "--root",
                        root.toString(),
                        "--run",
                        directory.resolve("run").toString(),
                        "--host",
                        "unix://" + directory.resolve("socket")));
        line.addAll(options);
        var policy = directory.resolve(POLICY);
        if (Files.exists(policy)) line.addAll(List.of("--policy", policy.toString()));
        return new Daemon(
                directory, root, Shell.start(directory.resolve("log"), environment, line));
    }

    private void awaitReady() {
        var socket = directory.resolve("socket");
        for (var tries = 0; tries < 3000 && process.isAlive(); tries++) {
            if (Files.exists(socket) && docker().run("version").code() == 0) return;
            pause(20);
        }
        throw new AssertionError("the engine did not start: " + log());
    }

    /** Waits for its end and returns its exit code. */
    int awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS))
                throw new AssertionError("still running: " + log());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The named step fails or kills the engine when it is next reached: {@code NAME:error|kill}.
     */
    void arm(String failpoint) {
        try {
            var unfinished = directory.resolve("failpoint.new");
            Files.writeString(unfinished, failpoint);
            Files.move(
                    unfinished,
                    directory.resolve("failpoint"),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the step that was armed has not been reached. */
    boolean disarm() {
        try {
            return Files.deleteIfExists(directory.resolve("failpoint"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EngineApi api() {
        return new EngineApi(directory.resolve("socket"));
    }

    Path run() {
        return directory.resolve("run");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it said, both streams. */
    String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "unix://" + directory.resolve("socket");
    }

    Path root() {
        return root;
    }

    Cli docker() {
        return new Cli("docker", List.of("docker", "-H", address()));
    }

    Cli rootbound() {
        return new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", address()));
    }

    /** Has it read another policy. */
    void reload(String policy) {
        try {
            Files.writeString(directory.resolve(POLICY), policy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hangUp();
    }

    /** SIGHUP, and what it says of that. */
    void hangUp() {
        long before = policies();
        Shell.run("kill", "-HUP", Long.toString(process.pid())).ok();
        for (int tries = 0; tries < 3000 && policies() == before; tries++) pause(20);
        if (policies() == before) throw new AssertionError("SIGHUP is passed over: " + log());
    }

    private long policies() {
        return log().lines().filter(line -> line.startsWith("rootbound: the policy ")).count();
    }

    /** Mounts in its namespace, processes that name its directories, files of its own. */
    String leftovers() {
        // What is given back in the background gets a moment.
        var seen = snapshot();
        for (var tries = 0; tries < 20; tries++) {
            pause(100);
            var now = snapshot();
            if (now.equals(seen)) return now;
            seen = now;
        }
        return seen;
    }

    private String snapshot() {
        return "mounts:\n"
                + String.join("\n", mounts())
                + "\nprocesses:\n"
                + String.join("\n", processes())
                + "\nfiles:\n"
                + String.join("\n", files());
    }

    List<String> mounts() {
        var pin = directory.resolve("run/ns/mnt");
        if (!Files.exists(pin)) return List.of();
        return Shell.run("nsenter", "--mount=" + pin, "cat", "/proc/self/mountinfo")
                .out()
                .lines()
                .filter(line -> line.contains(directory.toString()))
                .map(line -> line.split(" ", -1)[4])
                .sorted()
                .toList();
    }

    /** Without the engine itself. */
    List<String> processes() {
        try (var all = Files.list(Path.of("/proc"))) {
            return all.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .filter(entry -> !entry.endsWith(Long.toString(process.pid())))
                    .map(entry -> commandLine(entry.resolve("cmdline")))
                    .filter(line ->
                            line.contains(directory.toString()) && !line.contains("nsenter"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(Path file) {
        try {
            return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException ended) {
            return "";
        }
    }

    private List<String> files() {
        var found = new TreeSet<String>();
        for (var top : List.of(root, directory.resolve("run"))) {
            if (!Files.exists(top)) continue;
            var list =
                    Shell.run("find", top.toString(), "-mindepth", "1", "-not", "-name", "*.log")
                            .out();
            list.lines().forEach(found::add);
        }
        return List.copyOf(found);
    }

    /** Ends it with SIGTERM; containers go on. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** What all its threads do, virtual ones too. */
    String threads() {
        var pid = Long.toString(process.pid());
        var jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        var dump = directory.resolve("threads");
        // the file that it attaches by is seen in the engine's own mount namespace only
        var inside = List.of("nsenter", "--mount=/proc/" + pid + "/ns/mnt", "--wdns=/", jcmd, pid);
        var line = new ArrayList<>(inside);
        line.addAll(List.of("Thread.dump_to_file", "-overwrite", dump.toString()));
        var result = Shell.run(20, Map.of(), NOTHING, line);
        try {
            return Files.readString(dump);
        } catch (IOException e) {
            return "not told: " + result;
        }
    }

    /** Kills it and starts it again on the same directories. */
    Daemon restarted() {
        kill();
        return start(directory, root, "");
    }

    /** The nftables table of its networks. */
    String table() {
        return "rootbound_" + key();
    }

    /** What tells its networks from other engines'. */
    private String key() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var bytes = digest.digest(root.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes).substring(0, 5);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The host's links that are its. */
    List<String> links() {
        return Shell.run("ip", "-br", "link")
                .ok()
                .out()
                .lines()
                .map(line -> line.split("[ @]", 2)[0])
                .filter(name -> name.startsWith("rb" + key()) || name.startsWith("rv" + key()))
                .toList();
    }

    private void removeNetworks() {
        links().forEach(link -> Shell.run("ip", "link", "del", link));
        Shell.run("nft", "delete", "table", "inet", table());
    }

    /** Ends it with SIGKILL: it can do nothing more. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /**
     * The last act of the suite: a stopped engine whose containers are gone leaves nothing running
     * or mounted.
     */
    void closeAndExpectNothingLeft() {
        var parent = cgroupParent();
        stop();
        var left =
                Stream.of(
                                processes(),
                                mounts().stream().filter(mount -> !mount.endsWith("/ns")).toList(),
                                links(),
                                emptyCgroups(parent))
                        .flatMap(List::stream)
                        .collect(Collectors.joining("\n"));
        close();
        if (!left.isEmpty()) throw new AssertionError("left behind:\n" + left);
    }

    /** The cgroup directories that containers' own are made in. */
    private List<Path> cgroupParent() {
        docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        var name = docker().detached(TestImage.BUSYBOX.tag(), "sleep", "60");
        var id = docker().inspect(name).get("Id").asString();
        var dirs = Shell.run("find", "/sys/fs/cgroup", "-type", "d", "-name", "*" + id + "*").out();
        docker().run("rm", "-f", name).ok();
        return dirs.lines().map(line -> Path.of(line).getParent()).toList();
    }

    private static List<String> emptyCgroups(List<Path> parents) {
        return parents.stream()
                .filter(Files::exists)
                .flatMap(parent ->
                        Shell.run(
                                        "find",
                                        parent.toString(),
                                        "-mindepth",
                                        "1",
                                        "-maxdepth",
                                        "1",
                                        "-type",
                                        "d")
                                .out()
                                .lines())
                .filter(line -> line.matches(".*[0-9a-f]{64}.*"))
                .filter(Daemon::isOfThisRun)
                .filter(line -> Shell.run("cat", line + "/cgroup.procs").out().isEmpty())
                .toList();
    }

    /** What an aborted run left on this host before is not this one's. */
    private static boolean isOfThisRun(String directory) {
        try {
            var begin = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
            return !Files.getLastModifiedTime(Path.of(directory)).toInstant().isBefore(begin);
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * Ends the engine and its containers, and takes the pinned namespace and the directories away.
     */
    @Override
    public void close() {
        if (process.isAlive()) {
            // every tenant's, which root names by their full ids only
            var ids = docker().run("ps", "-aq", "--no-trunc", "--filter", "tenant=*").out();
            ids.lines().forEach(id -> docker().run("rm", "-f", id));
            stop();
        }
        removeNetworks();
        Shell.run("umount", directory.resolve("run/ns/mnt").toString());
        Shell.run("umount", directory.resolve("run/ns").toString());
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }

    static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
