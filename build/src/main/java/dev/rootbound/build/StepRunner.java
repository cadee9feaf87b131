package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.RootFiles;
import dev.rootbound.engine.VolumeMount;
import dev.rootbound.engine.Volumes;
import dev.rootbound.image.StepFiles;
import dev.rootbound.image.TarEntry;
import dev.rootbound.linux.Stat;
import dev.rootbound.linux.Uninterrupted;
import dev.rootbound.oci.Digest;
import dev.rootbound.rootfs.LayerRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.channels.ServerSocketChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Does a step in a container of its own, and keeps what that changes. */
final class StepRunner {
    private static final int DIRECTORY_MODE = 0755;
    private static final int MOST_LINKS = 40; // path_resolution(7)
    private static final int PIPE = 1 << 20;

    private final Engine engine;
    private final Caller caller;
    private final Builds.Build build;
    private final InstantSource clock;
    private final @Nullable Instant latest;

    /**
     * @param latest of the times of files in layers; {@code null}: as they are
     */
    StepRunner(
            Engine engine,
            Caller caller,
            Builds.Build build,
            InstantSource clock,
            @Nullable Instant latest) {
        this.engine = engine;
        this.caller = caller;
        this.build = build;
        this.clock = clock;
        this.latest = latest;
    }

    /** What is done in a container, before its changes are kept. */
    private interface Work {
        Changes in(String container) throws IOException, InterruptedException;
    }

    /**
     * What is not as the container's changes are.
     *
     * @param mountPoints that were made
     * @param more a tar of what else is in the layer; {@code null}: nothing
     */
    private record Changes(Set<String> mountPoints, @Nullable InputStream more) {
        static final Changes NONE = new Changes(Set.of(), null);
    }

    private StepFiles step(StepFiles on, ContainerSpec spec, Digest key, String what, Work work)
            throws IOException, InterruptedException {
        return step(on, spec, Builds.Secrets.NONE, key, what, work);
    }

    private StepFiles step(
            StepFiles on,
            ContainerSpec spec,
            Builds.Secrets secrets,
            Digest key,
            String what,
            Work work)
            throws IOException, InterruptedException {
        var container = build.create(on, spec, secrets);
        try {
            var changes = work.in(container);
            var rules = new LayerRules(latest, changes.mountPoints);
            return build.commit(container, key, what, rules, changes.more);
        } catch (IOException | InterruptedException | RuntimeException e) {
            discard(container, e);
            throw e;
        }
    }

    private void discard(String container, Exception cause) {
        try {
            discard(container);
        } catch (EngineException e) {
            cause.addSuppressed(e);
        }
    }

    /** Removes a container, also for a client that has gone, whose thread is interrupted. */
    void discard(String container) {
        boolean interrupted = Thread.interrupted();
        try {
            build.discard(container);
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static ContainerSpec idle(String user) {
        return ContainerSpec.of("build step")
                .with(spec -> {
                    spec.cmd = List.of("/"); // it is never started
                    spec.user = user;
                    spec.isolation = spec.isolation.withNetwork("none");
                });
    }

    /** Makes the directories on the way to a path that are missing, and that itself. */
    StepFiles makeDirectory(StepFiles on, String path, String user, Digest key, String what)
            throws IOException, InterruptedException {
        return step(
                on,
                idle(user),
                key,
                what,
                container -> {
                    var made = missing(container, resolved(container, path));
                    if (!made.isEmpty())
                        unpack(container, tar(made, UnaryOperator.identity()), user);
                    return Changes.NONE;
                });
    }

    StepFiles copy(StepFiles on, CopyStep copy, Digest key, String what)
            throws IOException, InterruptedException {
        return step(
                on,
                idle(copy.owner()),
                key,
                what,
                container -> {
                    var split =
                            CopySplit.of(members(container, copy), path -> before(container, path));
                    var made = tar(split.made(), copy.change());
                    unpack(container, made, copy.owner());
                    if (split.written().isEmpty()) return Changes.NONE;
                    var written = made.next(split.written(), inLayer(container, copy));
                    return new Changes(Set.of(), written);
                });
    }

    /** As what is made in the container is packed. */
    private UnaryOperator<TarEntry> inLayer(String container, CopyStep copy) {
        var change = copy.change();
        var owner = copy.owner().isEmpty() ? null : engine.files().user(caller, container);
        long last = new LayerRules(latest, Set.of()).latestSeconds();
        return entry -> {
            var changed = change.apply(entry).changedAt(Math.min(entry.mtimeSeconds(), last));
            return owner == null ? changed : changed.ownedBy(owner.uid(), owner.gid());
        };
    }

    private CopySplit.Before.Kind before(String container, String path) {
        try (var found = find(container, path)) {
            boolean directory = (found.stat().mode() & Stat.TYPE) == Stat.DIRECTORY;
            return directory ? CopySplit.Before.Kind.DIRECTORY : CopySplit.Before.Kind.OTHER;
        } catch (EngineException.NotFound e) {
            return CopySplit.Before.Kind.NOTHING;
        } catch (EngineException.Invalid e) { // below what is no directory
            return CopySplit.Before.Kind.OTHER;
        }
    }

    private static CopyTar tar(List<CopyTar.Member> members, UnaryOperator<TarEntry> change) {
        return new CopyTar(members, change);
    }

    private void unpack(String container, InputStream tar, String owner) {
        var how = new RootFiles.Copying(true, !owner.isEmpty());
        engine.files().copy(caller, container, new byte[] {'/'}, how, tar);
    }

    private List<CopyTar.Member> members(String container, CopyStep copy) {
        if (copy.sources().isEmpty()) return List.of(); // all are excluded
        boolean there = isDirectory(container, copy.target());
        boolean into = there || copy.into();
        var first = copy.sources().getFirst();
        // a directory that is not there is made as the source's
        boolean asSource =
                !there
                        && copy.sources().size() == 1
                        && first.file().isDirectory()
                        && first.name().isEmpty();
        var at = there ? copy.target() : resolved(container, copy.target(), into || asSource);
        var target = at.substring(1);
        var way = into && !asSource ? at : InsidePath.parent(at);
        var members = new ArrayList<>(missing(container, way));
        for (var source : copy.sources()) {
            if (source.file().isDirectory() && source.name().isEmpty()) {
                if (asSource)
                    members.add(new CopyTar.Member(target, source.file(), source.files()));
                else
                    members.addAll(
                            new CopyTar.Member(target, source.file(), source.files()).children());
            } else {
                boolean named = into || copy.sources().size() > 1 || source.name().contains("/");
                var path = named ? joined(target, source.name()) : target;
                if (source.name().contains("/")) addWay(container, members, path);
                members.add(new CopyTar.Member(path, source.file(), source.files()));
            }
        }
        return members;
    }

    /**
     * Where something is to be made, though links on the way may lead to what is not there yet.
     *
     * @param followed whether the last name is followed, too: it is to be a directory
     */
    private String resolved(String container, String path, boolean followed) {
        if (followed) return resolved(container, path);
        var name = path.substring(path.lastIndexOf('/') + 1);
        return InsidePath.of(resolved(container, InsidePath.parent(path)), name);
    }

    private String resolved(String container, String path) {
        if (path.equals("/") || isDirectory(container, path)) return path;
        var at = resolved(container, path, false);
        var real = real(container, at);
        return real.equals(at) ? at : resolved(container, real);
    }

    /** The directories on the way to a path that neither are there nor are made already. */
    private void addWay(String container, List<CopyTar.Member> members, String path) {
        var known = new HashSet<String>();
        members.forEach(member -> known.add(member.path()));
        missing(container, InsidePath.parent("/" + path)).stream()
                .filter(member -> !known.contains(member.path()))
                .forEach(members::add);
    }

    private static String joined(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /** The directories that a path needs and that are not there, uppermost first. */
    private List<CopyTar.Member> missing(String container, String path) {
        var missing = new ArrayList<CopyTar.Member>();
        for (var at = path;
                !at.equals("/") && !isDirectory(container, at);
                at = InsidePath.parent(at)) {
            var name = at.substring(1);
            missing.addFirst(CopyTar.Member.onTheWay(name, directory(name)));
        }
        return missing;
    }

    private TarEntry directory(String path) {
        return new TarEntry(
                path.getBytes(ISO_8859_1),
                TarEntry.Type.DIRECTORY,
                DIRECTORY_MODE,
                0,
                0,
                null,
                0,
                clock.instant().getEpochSecond(),
                0,
                new byte[0],
                0,
                0,
                Map.of(),
                List.of());
    }

    private boolean isDirectory(String container, String path) {
        var entered = (path + "/").getBytes(ISO_8859_1);
        try (var _ = engine.files().find(caller, container, entered)) {
            return true;
        } catch (EngineException.NotFound | EngineException.Invalid e) {
            return false; // nothing, or no directory
        }
    }

    /**
     * Runs a command.
     *
     * @throws FailedStep if it ends with another code than 0
     */
    StepFiles run(StepFiles on, RunStep run, Digest key, String what, Engine.Output output)
            throws IOException, InterruptedException {
        return step(
                on,
                run.spec(),
                run.secrets(),
                key,
                what,
                container -> {
                    var mountPoints = mountPoints(container, run.targets());
                    int code = finish(container, output);
                    if (code != 0) throw new FailedStep(run.shown(), code);
                    return new Changes(mountPoints, null);
                });
    }

    /** The targets and what is above them, as links lead before the command has run. */
    private Set<String> mountPoints(String container, List<String> targets) {
        var points = new HashSet<String>();
        for (var target : targets) {
            var at = "/";
            for (var name : InsidePath.bytes(target).substring(1).split("/")) {
                at = real(container, InsidePath.of(at, name));
                points.add(at.substring(1));
            }
        }
        return points;
    }

    private int finish(String container, Engine.Output output) throws InterruptedException {
        var streams = Set.of(Engine.Stream.STDOUT, Engine.Stream.STDERR);
        try (var waiting = engine.waitFor(caller, container, Engine.WaitFor.NEXT_EXIT);
                var attached = engine.attach(caller, container, streams, false, output)) {
            engine.start(caller, container);
            var ended = waiting.await();
            attached.awaitEnd();
            return ended.code();
        }
    }

    /** A container that has a volume, and the volume's name. */
    record Filled(String container, String volume) {}

    /** Makes a volume with files in it, which goes with the container. */
    Filled fill(List<CopyTar.Member> members) {
        var volume =
                new VolumeMount("", "/m", false, true, true, "", Volumes.Making.PLAIN, "", null);
        var container = build.create(build.nothing(), with(volume), Builds.Secrets.NONE);
        try {
            copy(container, volume.target(), members, UnaryOperator.identity());
            var spec = engine.inspect(caller, container).spec();
            return new Filled(container, spec.volumes().getFirst().volume());
        } catch (RuntimeException e) {
            discard(container, e);
            throw e;
        }
    }

    /**
     * A socket in a volume.
     *
     * @param listener the caller's to close
     */
    record Listening(Filled in, ServerSocketChannel listener) {}

    /** Makes a volume with a socket in it, on which is listened. */
    Listening listen(String name, Builds.Owner owner) {
        var filled = fill(List.of());
        try {
            return new Listening(filled, build.listen(filled.container(), name, owner));
        } catch (RuntimeException e) {
            discard(filled.container(), e);
            throw e;
        }
    }

    /** Makes a volume with files in it, unless it has them. */
    void fillOnce(VolumeMount volume, CopyTar.Member member, UnaryOperator<TarEntry> change) {
        var container = build.create(build.nothing(), with(volume), Builds.Secrets.NONE);
        try {
            if (!isThere(container, volume.target() + "/" + member.path())) {
                copy(container, volume.target(), List.of(member), change);
            }
        } finally {
            discard(container);
        }
    }

    private static ContainerSpec with(VolumeMount volume) {
        return idle("").with(spec -> spec.volumes = List.of(volume));
    }

    private void copy(
            String container,
            String target,
            List<CopyTar.Member> members,
            UnaryOperator<TarEntry> change) {
        var how = new RootFiles.Copying(true, false);
        var path = target.getBytes(ISO_8859_1);
        engine.files().copy(caller, container, path, how, tar(members, change));
    }

    private boolean isThere(String container, String path) {
        try (var _ = find(container, path)) {
            return true;
        } catch (EngineException.NotFound e) {
            return false;
        }
    }

    /**
     * What a path leads to in what a step has made, or in an image; a directory is the root of what
     * is returned, anything else is in it under its name.
     *
     * @throws EngineException.NotFound if there is nothing
     */
    SourceFiles files(StepFiles in, String path, SourceFiles.Place place)
            throws IOException, InterruptedException {
        var container = build.create(in, idle(""), Builds.Secrets.NONE);
        try {
            return read(container, real(container, "/" + path), place);
        } finally {
            discard(container);
        }
    }

    /** Where a path leads if its last name is a link, whether something is there or not. */
    private String real(String container, String path) {
        var at = path;
        for (int links = 0; links < MOST_LINKS; links++) {
            try (var found = find(container, at)) {
                if (found.stat().linkTarget().isEmpty()) return at;
                at = found.stat().linkTarget();
            } catch (EngineException.NotFound e) {
                return at;
            }
        }
        throw new EngineException.Invalid(path + ": too many levels of symbolic links");
    }

    private RootFiles.Found find(String container, String path) {
        return engine.files().find(caller, container, path.getBytes(ISO_8859_1));
    }

    private SourceFiles read(String container, String path, SourceFiles.Place place)
            throws IOException, InterruptedException {
        boolean entered = isDirectory(container, path);
        try (var found = find(container, entered ? path + "/." : path);
                var archive = new Archive(found)) {
            return SourceFiles.read(archive.in, place, "stage", UnaryOperator.identity());
        }
    }

    /** An archive that is written by a thread of its own as it is read. */
    private static final class Archive implements AutoCloseable {
        private final PipedInputStream in = new PipedInputStream(PIPE);
        private final Thread writer;

        Archive(RootFiles.Found found) throws IOException {
            var out = new PipedOutputStream(in);
            writer = Thread.ofVirtual().name("archive").start(() -> write(found, out));
        }

        /** What fails here leaves the archive without its end, which its reader tells. */
        private static void write(RootFiles.Found found, PipedOutputStream out) {
            try (out) {
                found.archive(out);
            } catch (IOException | EngineException e) {
                // the reader has gone, or finds the archive cut short
            }
        }

        @Override
        public void close() throws IOException {
            in.close(); // the writer's next write fails
            Uninterrupted.join(writer); // what it reads is closed next
        }
    }
}
