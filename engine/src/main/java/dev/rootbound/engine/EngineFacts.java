package dev.rootbound.engine;

import dev.rootbound.linux.KernelVersion;
import dev.rootbound.network.OtherFirewalls;
import dev.rootbound.runtime.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What {@code info} says of the engine and its host. */
final class EngineFacts {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final EngineParts parts;

    EngineFacts(EngineParts parts) {
        this.parts = parts;
    }

    /** What concerns others than the caller only host root is told. */
    EngineInfo info(Caller caller, int running, int paused, int stopped, int images)
            throws IOException {
        return new EngineInfo(
                id(),
                parts.version(),
                hostname(),
                operatingSystem(),
                KernelVersion.release(),
                System.getProperty("os.arch").equals("amd64")
                        ? "x86_64"
                        : System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                parts.host().unifiedCgroups() ? 2 : 1,
                "cgroupfs",
                parts.tools().runtimeName(),
                Tools.version(parts.tools().runtime()),
                Tools.version(parts.tools().monitor()),
                parts.root(),
                running,
                paused,
                stopped,
                images,
                "rootbound",
                parts.poolText(),
                parts.remap(),
                caller.isHostRoot() ? parts.pool().leased() : running + paused,
                notes(caller));
    }

    static String hostname() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private List<String> notes(Caller caller) {
        var notes = new ArrayList<String>();
        if (caller.isHostRoot()) {
            notes.addAll(parts.damaged());
            notes.addAll(firewalls());
        }
        return notes;
    }

    /** Rules are root's to read, and to change. */
    static List<String> firewalls() {
        try {
            return OtherFirewalls.obstacles();
        } catch (IOException e) {
            return List.of("the host's firewall cannot be read: " + e.getMessage());
        }
    }

    /** Made once for this root directory. */
    private String id() throws IOException {
        var file = parts.root().resolve("id");
        if (!Files.exists(file)) {
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }

    private static String operatingSystem() throws IOException {
        var file = Path.of("/etc/os-release");
        if (!Files.exists(file)) {
            return "Linux";
        }
        return Files.readAllLines(file).stream()
                .filter(l -> l.startsWith("PRETTY_NAME="))
                .map(l -> l.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    private static long memory() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }

    /**
     * The tenants' and the monitors' cgroups and ours above them, if nothing is in them: rmdir(2)
     * refuses others.
     */
    void removeCgroupParents() {
        try (var hierarchies = Files.list(CGROUPS)) {
            var roots = new ArrayList<>(hierarchies.filter(Files::isDirectory).toList());
            roots.add(CGROUPS);
            for (var hierarchy : roots) {
                removeEmpty(hierarchy.resolve("rootbound"));
            }
        } catch (IOException e) {
            // no cgroups, nothing left
        }
    }

    private static void removeEmpty(Path parent) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (var below = Files.list(parent)) {
            for (var tenant : below.filter(Files::isDirectory).toList()) {
                Files.deleteIfExists(tenant);
            }
            Files.deleteIfExists(parent);
        } catch (IOException e) {
            // another engine's containers are in it
        }
    }
}
