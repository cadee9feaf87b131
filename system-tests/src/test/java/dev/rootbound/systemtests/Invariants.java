package dev.rootbound.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one routine that compares what an engine says that it has with what the kernel and the disk
 * have: each container's own, and nothing besides. (ARCHITECTURE.md, Invariants.)
 */
final class Invariants {
    private static final int PATIENCE_MILLISECONDS = 5000;
    private static final Path CLAIMS = Path.of("/run/rootbound-ids");
    private static final String LAYERS = "/container/layers";
    private static final String VOLUMES = "/container/spec/volumes";
    private static final String BINDS = "/container/spec/binds";
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Daemon daemon;
    private final Set<String> known;
    private final List<String> broken = new ArrayList<>();
    private final Set<String> all = new TreeSet<>();
    private final Set<String> running = new TreeSet<>();
    private final Set<Long> pids = new HashSet<>();

    private Invariants(Daemon daemon, Set<String> known) {
        this.daemon = daemon;
        this.known = known;
    }

    /**
     * What is broken, a line each; empty is good. What is given back in the background gets a
     * moment.
     *
     * @param known ids of this engine's containers, those included that are gone: hosts are shared,
     *     and an empty cgroup names no engine. Those found are added.
     */
    static List<String> broken(Daemon daemon, Set<String> known) {
        for (long end = System.currentTimeMillis() + PATIENCE_MILLISECONDS; ; Daemon.pause(50)) {
            var broken = new Invariants(daemon, known).look();
            if (broken.isEmpty() || System.currentTimeMillis() > end) return broken;
        }
    }

    private List<String> look() {
        try {
            containers();
            known.addAll(all);
            mounts();
            processes();
            cgroups();
            claims();
            names("bundle", daemon.run().resolve("c"), running);
            names("runtime's state", daemon.run().resolve("runtime"), running);
            names("view", daemon.run().resolve("staging"), Set.of());
            names("state", daemon.root().resolve("containers"), all);
            names("writable layer", daemon.root().resolve("store/c"), all);
            for (var each : list(daemon.root().resolve("store/etc"), _ -> true)) {
                if (!all.contains(each.getFileName().toString())) broken.add("stray " + each);
            }
            unfinished();
            content();
            volumes();
        } catch (IOException e) {
            broken.add("cannot look: " + e);
        }
        return broken;
    }

    private void containers() throws IOException {
        for (var each : daemon.api().get("/containers/json?all=1").good().json()) {
            var id = each.get("Id").asString();
            var container = daemon.api().get("/containers/" + id + "/json");
            if (container.status() == 404) continue; // removed just now
            all.add(id);
            var state = container.good().json().get("State");
            if (state.get("Running").asBoolean()) running(id, state);
        }
    }

    private void running(String id, JsonNode state) {
        running.add(id);
        long pid = state.get("Pid").asLong();
        pids.add(pid);
        if (!Files.exists(Path.of("/proc/" + pid)))
            broken.add("container " + id + " runs, but there is no process " + pid);
    }

    private void mounts() throws IOException {
        var expected = new TreeSet<String>();
        for (var id : running) {
            var names = new ArrayList<>(List.of("rootfs", "rootfs-view", "user", "network"));
            for (var file : List.of("hosts", "hostname", "resolv.conf")) {
                names.add("rootfs-view/etc/" + file);
            }
            for (var all : List.of(VOLUMES, BINDS)) {
                for (var mount : container(id).at(all)) {
                    names.add("rootfs-view" + mount.at("/target").asString());
                }
            }
            for (var name : names)
                expected.add(daemon.run().resolve("c").resolve(id).resolve(name).toString());
        }
        var found = new TreeSet<>(daemon.mounts());
        found.removeIf(mount -> mount.equals(daemon.run().resolve("ns").toString()));
        found.removeIf(mount -> mount.equals(daemon.root().toString()));
        found.removeIf(mount -> mount.equals(daemon.run().toString()));
        compare("mount", found, expected);
    }

    private void compare(String what, Set<String> found, Set<String> expected) {
        for (var each : found)
            if (!expected.contains(each)) broken.add("stray " + what + " " + each);
        for (var each : expected)
            if (!found.contains(each)) broken.add("missing " + what + " " + each);
    }

    /** Monitors and runtimes name the run directory, containers' processes are in our cgroups. */
    private void processes() throws IOException {
        var monitored = new TreeSet<String>();
        for (var line : daemon.processes()) {
            var id = line.replaceFirst(".* --cid ([0-9a-f]{64}) .*", "$1");
            boolean monitor = line.contains("conmon") && running.contains(id);
            if (!monitor || !monitored.add(id)) broken.add("stray process " + line);
        }
        compare("monitor", monitored, running);
    }

    private void cgroups() throws IOException {
        var found = new TreeSet<String>();
        var roots = new ArrayList<>(List.of(CGROUPS));
        roots.addAll(list(CGROUPS, Files::isDirectory));
        for (var root : roots) {
            for (var tenant : list(root.resolve("rootbound"), Files::isDirectory))
                for (var cgroup : list(tenant, Files::isDirectory)) {
                    var id = cgroup.getFileName().toString();
                    if (known.contains(id)) found.add(id);
                }
        }
        compare("cgroup", found, running);
    }

    private void claims() throws IOException {
        var holders = new ArrayList<String>();
        var prefix = daemon.run().resolve("c") + "/";
        for (var claim : list(CLAIMS, Files::isRegularFile)) {
            var text = text(claim);
            int at = text.indexOf(prefix);
            if (at >= 0) holders.add(text.substring(at + prefix.length()).strip());
        }
        compare("lease of", new TreeSet<>(holders), running);
        if (new HashSet<>(holders).size() < holders.size())
            broken.add("two leases of one container: " + holders);
    }

    private void names(String what, Path directory, Set<String> expected) throws IOException {
        var found = new TreeSet<String>();
        for (var each : list(directory, _ -> true)) found.add(each.getFileName().toString());
        compare(what + " in " + directory, found, expected);
    }

    /** Temporary files, whoever makes them. */
    private void unfinished() throws IOException {
        // what is left of broken downloads is for the next attempt: an engine that starts has none
        for (var each : list(daemon.root().resolve("content/incoming"), _ -> true))
            if (!each.getFileName().toString().startsWith("partial-"))
                broken.add("unfinished " + each);
        for (var top : List.of("containers", "images", "layers", "volumes"))
            try (var files = Files.walk(daemon.root().resolve(top))) {
                files.filter(file ->
                                file.getFileName().toString().matches(".*\\.tmp|\\.removed-.*"))
                        .forEach(file -> broken.add("unfinished " + file));
            } catch (java.io.UncheckedIOException e) {
                // deleted meanwhile: looked at again if anything is wrong
            }
        for (var damaged :
                List.of("images/images/damaged", "images/tenants/damaged", "volumes/damaged"))
            for (var each : list(daemon.root().resolve(damaged), _ -> true))
                broken.add("set aside " + each);
    }

    /** Of images, blobs and layers there is what is needed, and nothing else. */
    private void content() throws IOException {
        var root = daemon.root();
        var held = new TreeSet<String>();
        for (var tenant : list(root.resolve("images/tenants"), Invariants::isRecord))
            for (var image : json(tenant).get("images")) held.add(hex(image));
        var blobs = new TreeSet<String>();
        var layers = new TreeSet<String>();
        for (var file : list(root.resolve("images/images"), Invariants::isRecord)) {
            var image = json(file);
            blobs.addAll(List.of(name(file), hex(image.get("manifest"))));
            for (var layer : image.get("layers")) {
                blobs.add(hex(layer.get("blob")));
                layers.add(hex(layer.get("diffId")));
            }
        }
        for (var id : all) // theirs stay when the image is removed
        for (var layer : container(id).at(LAYERS)) layers.add(hex(layer));
        records("image", root.resolve("images/images"), held);
        names("content", root.resolve("content/blobs/sha256"), blobs);
        records("layer", root.resolve("layers"), layers);
        var trees = new TreeSet<String>();
        for (var layer : list(root.resolve("layers"), Invariants::isRecord))
            trees.add(json(layer).get("directory").asString());
        names("layer's tree", root.resolve("store/l"), trees);
        for (var image : daemon.api().get("/images/json?all=1").good().json())
            if (!held.contains(hex(image.get("Id")))) broken.add("nobody has " + image.get("Id"));
    }

    /** Each has its tree, none is left of a container that took it along. */
    private void volumes() throws IOException {
        var root = daemon.root();
        var trees = new TreeSet<String>();
        for (var file : list(root.resolve("volumes"), Invariants::isRecord)) {
            trees.add(name(file));
            var madeFor = json(file).get("madeFor").asString();
            if (!madeFor.isEmpty() && !all.contains(madeFor))
                broken.add("volume " + file + " of container " + madeFor + ", which is gone");
        }
        names("volume", root.resolve("store/v"), trees);
        for (var id : all)
            for (var volume : container(id).at(VOLUMES)) {
                var source = Path.of(volume.get("source").asString());
                if (!trees.contains(source.getFileName().toString()))
                    broken.add("container " + id + " has lost volume " + source);
            }
    }

    private JsonNode container(String id) throws IOException {
        return json(daemon.root().resolve("containers/" + id + "/container.json"));
    }

    private void records(String what, Path directory, Set<String> expected) throws IOException {
        var found = new TreeSet<String>();
        for (var file : list(directory, Invariants::isRecord)) found.add(name(file));
        compare(what + "'s record", found, expected);
    }

    private static boolean isRecord(Path file) {
        return file.toString().endsWith(".json");
    }

    private static String name(Path record) {
        return record.getFileName().toString().replace(".json", "");
    }

    private static JsonNode json(Path file) throws IOException {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new IOException(file + ": " + e.getOriginalMessage(), e);
        }
    }

    private static String hex(JsonNode digest) {
        return digest.asString().replace("sha256:", "");
    }

    private static List<Path> list(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(wanted).toList();
        } catch (java.nio.file.NoSuchFileException | java.nio.file.NotDirectoryException e) {
            return List.of();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
