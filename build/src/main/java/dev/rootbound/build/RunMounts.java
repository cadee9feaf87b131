package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.RunMount;
import dev.rootbound.engine.Builds;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.VolumeMount;
import dev.rootbound.engine.Volumes;
import dev.rootbound.image.TarEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The mounts of one RUN: volumes that are filled for it and go with it, the tenant's caches, which
 * stay, and secrets, which are in memory only. Nothing of the host is mounted: an agent is asked
 * for the step.
 */
final class RunMounts implements AutoCloseable {
    /** Of the volumes that are caches; its value is the cache's id. */
    static final String CACHE = "dev.rootbound.build.cache";

    /** What of a volume is mounted: its root's owner and mode are the engine's. */
    private static final String PART = "files";

    private static final int DIRECTORY_MODE = 0755;
    private static final int SECRET_MODE = 0400;
    private static final int AGENT_MODE = 0600;
    private static final String AGENT = "SSH_AUTH_SOCK=";

    private final BuildJob job;
    private final List<String> keys = new ArrayList<>();
    private final List<VolumeMount> volumes = new ArrayList<>();
    private final List<ContainerSpec.Tmpfs> tmpfs = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final List<String> variables = new ArrayList<>(); // that are secrets
    private final List<Builds.Secrets.File> secrets = new ArrayList<>();
    private final List<String> agents = new ArrayList<>(); // where they are
    private final List<Filling> fillings = new ArrayList<>();
    private final Deque<AutoCloseable> held = new ArrayDeque<>();

    /**
     * How the caches are wanted, by name: all steps take theirs in this order, so that no two wait
     * for each other.
     */
    private final Map<String, RunMount.Sharing> wanted = new TreeMap<>();

    /** The volumes of the caches that it has, by name. */
    private final Map<String, String> caches = new HashMap<>();

    /** Done only if the step is not cached. */
    private interface Filling {
        void fill() throws IOException, InterruptedException;
    }

    private RunMounts(BuildJob job) {
        this.job = job;
    }

    /**
     * Finds what is to be mounted.
     *
     * @param workingDir of relative targets
     */
    static RunMounts open(BuildJob job, String workingDir, List<RunMount> asked)
            throws IOException, InterruptedException {
        var mounts = new RunMounts(job);
        int agents = 0;
        for (var mount : asked) {
            var target = mount.target() == null ? "" : InsidePath.of(workingDir, mount.target());
            switch (mount.type()) {
                case BIND -> mounts.bind(mount, needed(target, mount));
                case CACHE -> mounts.cache(mount, needed(target, mount));
                case TMPFS -> mounts.tmpfs(mount, needed(target, mount));
                case SECRET -> mounts.secret(mount, target);
                case SSH -> mounts.ssh(mount, target, agents++);
            }
        }
        return mounts;
    }

    private static String needed(String target, RunMount mount) {
        if (!target.isEmpty()) return target;
        throw new EngineException.Invalid("RUN --mount=type=" + mount.type() + " needs a target");
    }

    /** What tells these mounts from others. */
    String key() {
        return String.join("\0", keys);
    }

    List<String> targets() {
        return targets;
    }

    List<VolumeMount> volumes() {
        return volumes;
    }

    List<ContainerSpec.Tmpfs> tmpfs() {
        return tmpfs;
    }

    Builds.Secrets secrets() {
        return new Builds.Secrets(secrets, variables);
    }

    /** With where the first agent is unless that is said. */
    List<String> environment(List<String> others) {
        var all = new ArrayList<>(others);
        boolean said =
                Stream.concat(all.stream(), variables.stream())
                        .anyMatch(variable -> variable.startsWith(AGENT));
        if (!agents.isEmpty() && !said) all.add(AGENT + agents.getFirst());
        return all;
    }

    /** Makes the files that are mounted. */
    void fill() throws IOException, InterruptedException {
        for (var cache : wanted.entrySet()) hold(cache.getValue(), cache.getKey());
        for (var filling : fillings) filling.fill();
    }

    private void tmpfs(RunMount mount, String target) {
        var size = mount.size() == null ? "" : "size=" + mount.size();
        keys.add("tmpfs " + target + " " + size);
        tmpfs.add(new ContainerSpec.Tmpfs(target, size));
        targets.add(target);
    }

    private void bind(RunMount mount, String target) throws IOException, InterruptedException {
        var path = mount.source() == null ? "" : mount.source();
        var found =
                new CopyReader(job, "/")
                        .file(job.stages().origin(mount.from()), path, "RUN --mount=type=bind");
        var member = new CopyTar.Member(PART, found.file(), found.files());
        var digest = CopyTar.digest(List.of(member), UnaryOperator.identity());
        keys.add("bind " + target + " " + mount.isReadOnly() + " " + digest);
        targets.add(target);
        fillings.add(() -> volumes.add(filled(member, target, mount.isReadOnly())));
    }

    /** A new volume with a file or directory. */
    private VolumeMount filled(CopyTar.Member member, String target, boolean readOnly)
            throws IOException, InterruptedException {
        var filled = job.runner().fill(List.of(member));
        held.push(() -> job.runner().discard(filled.container()));
        return VolumeMount.named(filled.volume(), target, readOnly, true)
                .with(Volumes.Making.PLAIN, PART);
    }

    private void cache(RunMount mount, String target) throws IOException, InterruptedException {
        var id = mount.id() == null ? target : mount.id();
        var owner = mount.owner();
        var key =
                Hashes.of(
                        List.of(id, String.valueOf(mount.from()), String.valueOf(mount.source())));
        keys.add("cache " + target + " " + key);
        targets.add(target);
        var labels = Map.of(CACHE, id);
        var cache = "build-cache-" + key.hex().substring(0, 16);
        wanted.merge(cache, mount.sharing(), RunMounts::stricter);
        fillings.add(() -> {
            var making = new Volumes.Making(labels, Map.of());
            var name = Objects.requireNonNull(caches.get(cache));
            var volume = new VolumeMount(name, "/m", false, false, true, "", making, "", null);
            var content = content(mount);
            job.runner().fillOnce(volume, content, entry -> owned(entry, owner, content));
            volumes.add(
                    VolumeMount.named(name, target, mount.isReadOnly(), true).with(making, PART));
        });
    }

    private static RunMount.Sharing stricter(RunMount.Sharing one, RunMount.Sharing other) {
        return one == RunMount.Sharing.SHARED ? other : one;
    }

    /** Has a cache once, also if it is mounted at more than one place. */
    private void hold(RunMount.Sharing sharing, String name) throws InterruptedException {
        var lock = job.caches().hold(job.caller().tenant().uid(), name, sharing);
        held.push(lock);
        caches.put(name, lock.name());
    }

    /** What a cache begins with. */
    private CopyTar.Member content(RunMount mount) throws IOException, InterruptedException {
        if (mount.from() == null) {
            return new CopyTar.Member(PART, SourceFile.directory(SourceFiles.DIRECTORY), null);
        }
        var path = mount.source() == null ? "" : mount.source();
        var found =
                new CopyReader(job, "/")
                        .file(job.stages().origin(mount.from()), path, "RUN --mount=type=cache");
        return new CopyTar.Member(PART, found.file(), found.files());
    }

    /** The directory itself is whose it is asked to be. */
    private static TarEntry owned(TarEntry entry, RunMount.Owner owner, CopyTar.Member content) {
        if (!new String(entry.name(), UTF_8).equals(content.path() + "/")) return entry;
        return owned(entry, owner(owner, DIRECTORY_MODE));
    }

    private void secret(RunMount mount, String target) {
        var id = mount.id() != null ? mount.id() : last(target);
        if (id.isEmpty()) {
            throw new EngineException.Invalid("RUN --mount=type=secret needs an id or a target");
        }
        var secret = job.request().secrets().get(id);
        if (secret == null) {
            if (!mount.isRequired()) return;
            throw new EngineException.Invalid(
                    "RUN --mount=type=secret: secret "
                            + id
                            + " is required and was not given: build with --secret id="
                            + id
                            + ",src=FILE");
        }
        var variable = mount.environment();
        keys.add("secret " + id + " " + target + " " + variable); // what it is, no key says
        if (variable != null) variables.add(variable + "=" + new String(secret, UTF_8));
        if (variable != null && target.isEmpty()) return;
        var at = target.isEmpty() ? "/run/secrets/" + id : target;
        targets.add(at);
        secrets.add(new Builds.Secrets.File(at, owner(mount.owner(), SECRET_MODE), secret));
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * @param number of those before it, given or not
     */
    private void ssh(RunMount mount, String target, int number) {
        var id = mount.id() == null || mount.id().isEmpty() ? "default" : mount.id();
        var agent = job.request().agents().get(id);
        if (agent == null) {
            if (!mount.isRequired()) return;
            throw new EngineException.Invalid(
                    "RUN --mount=type=ssh: agent "
                            + id
                            + " is required and was not given: build with --ssh "
                            + id);
        }
        var at = target.isEmpty() ? "/run/buildkit/ssh_agent." + number : target;
        keys.add("ssh " + id + " " + at);
        targets.add(at);
        agents.add(at);
        var owner = owner(mount.owner(), AGENT_MODE);
        fillings.add(() -> {
            var socket = job.build().socket(agent);
            held.push(socket);
            var made = job.runner().listen(PART, owner);
            held.push(() -> job.runner().discard(made.in().container()));
            held.push(AgentRelay.start(made.listener(), socket::connect));
            volumes.add(
                    VolumeMount.named(made.in().volume(), at, true, true)
                            .with(Volumes.Making.PLAIN, PART));
        });
    }

    private static TarEntry owned(TarEntry entry, Builds.Owner owner) {
        return entry.ownedBy(owner.uid(), owner.gid()).withMode(owner.mode());
    }

    private static Builds.Owner owner(RunMount.Owner asked, int otherwise) {
        return new Builds.Owner(
                asked.uid() == null ? 0 : asked.uid(),
                asked.gid() == null ? 0 : asked.gid(),
                asked.mode() == null ? otherwise : asked.mode());
    }

    @Override
    public void close() throws IOException {
        @Nullable RuntimeException failure = null;
        for (var each : held) {
            try {
                each.close();
            } catch (RuntimeException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        if (failure != null) throw failure;
    }
}
