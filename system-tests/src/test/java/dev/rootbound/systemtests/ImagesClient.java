package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One of those that trouble an engine's images with the docker CLI: it pulls, loads, commits, tags,
 * removes and prunes at random. Names are its own, but for one that all pull and remove.
 */
final class ImagesClient {
    /** What a name that there is not stands for. */
    private static final String NOTHING = "";

    private static final int LONGEST_PULL = 500;

    /**
     * What there is for it.
     *
     * @param pulled the ids of images, by their references in the registry
     * @param shared such a reference that others have too
     * @param loaded what is in the archive, as NAME and id
     * @param archive to be loaded
     * @param container of its own, which runs
     */
    record Wares(
            Map<String, String> pulled,
            String shared,
            Map.Entry<String, String> loaded,
            Path archive,
            String container) {}

    private final Cli docker;
    private final int number;
    private final Random random;
    private final Wares wares;
    private final List<String> references;
    private final AtomicInteger operations = new AtomicInteger();

    /** What each own name may stand for; where it is more than one, an engine died over it. */
    private final Map<String, Set<String>> names = new TreeMap<>();

    ImagesClient(Cli docker, int number, long seed, Wares wares) {
        this.docker = docker;
        this.number = number;
        this.random = new Random(seed * 31 + number);
        this.wares = wares;
        this.references = List.copyOf(new TreeMap<>(wares.pulled).keySet());
    }

    int operations() {
        return operations.get();
    }

    /** Until it is over: what fails before is an error. */
    void trouble(BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            var failed = operation();
            if (failed == null) operations.incrementAndGet();
            else if (!over.getAsBoolean()) throw new AssertionError(failed.toString());
        }
    }

    /** Returns what went wrong, if anything did. */
    private @Nullable Result operation() {
        int dice = random.nextInt(100);
        if (dice < 30) return pull(references.get(random.nextInt(references.size())));
        if (dice < 40) return bad(docker.run("pull", "-q", wares.shared));
        if (dice < 46) return pullAndLetGo();
        if (dice < 58) return load();
        if (dice < 70) return commit();
        if (dice < 76) return tag();
        if (dice < 92) return remove();
        if (dice < 95) return removeShared();
        return prune();
    }

    private static @Nullable Result bad(Result result) {
        return result.code() == 0 ? null : result;
    }

    /** The name may stand for another image from now on, and does if the command succeeds. */
    private @Nullable Result gives(String name, String id, String... command) {
        may(name).add(id);
        var result = docker.run(command);
        if (result.code() == 0) names.put(name, new HashSet<>(Set.of(id)));
        return bad(result);
    }

    private Set<String> may(String name) {
        return names.computeIfAbsent(name, _ -> new HashSet<>(Set.of(NOTHING)));
    }

    private @Nullable Result pull(String reference) {
        return gives(reference, id(reference), "pull", "-q", reference);
    }

    private String id(String reference) {
        return java.util.Objects.requireNonNull(wares.pulled.get(reference));
    }

    /** As with Ctrl-C. */
    private @Nullable Result pullAndLetGo() {
        var reference = references.get(random.nextInt(references.size()));
        may(reference).add(id(reference));
        var pull = Shell.start(Path.of("/dev/null"), docker.line("pull", "-q", reference));
        Daemon.pause(random.nextInt(LONGEST_PULL));
        pull.destroy();
        try {
            pull.waitFor();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Result load() {
        var archive = wares.archive.toString();
        var loaded = wares.loaded;
        return gives(loaded.getKey(), loaded.getValue(), "load", "-q", "-i", archive);
    }

    /** Which id the image has nobody knows before it is told. */
    private @Nullable Result commit() {
        var name = "made" + number + ":" + random.nextInt(3);
        var before = may(name);
        names.put(name, new HashSet<>()); // anything
        var result = docker.run("commit", wares.container, name);
        if (result.code() != 0) return result;
        before.clear();
        before.add(result.out());
        names.put(name, before);
        return null;
    }

    private @Nullable Result tag() {
        var source = certain();
        if (source == null) return null;
        var id = may(source).iterator().next();
        var name = "other" + number + ":" + random.nextInt(3);
        return gives(name, id, "tag", source, name);
    }

    /** An own name that there is. */
    private @Nullable String certain() {
        var all = new ArrayList<String>();
        for (var each : names.entrySet())
            if (each.getValue().size() == 1 && !each.getValue().contains(NOTHING))
                all.add(each.getKey());
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private @Nullable Result remove() {
        var name = certain();
        return name == null ? null : gives(name, NOTHING, "rmi", name);
    }

    private @Nullable Result removeShared() {
        var result = docker.run("rmi", wares.shared);
        return result.err().contains("No such image") ? null : bad(result);
    }

    private @Nullable Result prune() {
        var result = docker.run("image", "prune", "-f");
        return result.err().contains("already running") ? null : bad(result);
    }

    /** What must be true after the engine was started again. */
    void check(EngineApi api) throws IOException {
        for (var each : names.entrySet()) {
            var answer = api.get("/images/" + each.getKey() + "/json");
            if (answer.status() != 404) answer.good();
            var id = answer.isGood() ? answer.json().get("Id").asString() : NOTHING;
            if (!each.getValue().isEmpty())
                assertThat(each.getValue()).as(each.getKey()).contains(id);
            each.setValue(new HashSet<>(Set.of(id)));
        }
        var state = api.get("/containers/" + wares.container + "/json").good().json().get("State");
        assertThat(state.get("Status").asString()).as(wares.container).isEqualTo("running");
    }
}
