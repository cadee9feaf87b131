package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.Arg;
import dev.rootbound.dockerfile.Dockerfile;
import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.GlobalScope;
import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.dockerfile.Stage;
import dev.rootbound.dockerfile.StageScope;
import dev.rootbound.dockerfile.Stages;
import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.Compression;
import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.TarException;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Builds images from Dockerfiles: of the stages that the wanted one needs, those that do not depend
 * on each other at the same time, each instruction found in the cache or done in a container that
 * has ids of its own, as any other.
 */
public final class Builder {
    static final int LARGEST_DOCKERFILE = 4 << 20;
    private static final String IGNORE = ".dockerignore";

    /** Each has its history and waits in a thread of its own. */
    private static final int MOST_STAGES = 1000;

    private final Engine engine;
    private final InstantSource clock;
    private final CacheLocks caches = new CacheLocks();
    private final FileBudget budgets = new FileBudget();

    public Builder(Engine engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * Builds an image. A build that fails, or whose thread is interrupted, leaves nothing but what
     * its steps have added to the cache.
     *
     * @throws EngineException also for what is wrong in the Dockerfile
     * @throws FailedStep if a command fails
     */
    public Image build(
            Caller caller, BuildRequest request, BuildInput input, BuildProgress progress)
            throws InterruptedException {
        try {
            return built(caller, request, input, progress);
        } catch (DockerfileException | TarException | MalformedException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException.Failed("build: " + e.getMessage(), e);
        }
    }

    /**
     * Removes the caches that steps have mounted, but those in use.
     *
     * @return bytes
     */
    public long pruneCaches(Caller caller) {
        return engine.volumes()
                .prune(caller, volume -> volume.labels().containsKey(RunMounts.CACHE))
                .reclaimed();
    }

    private Image built(
            Caller caller, BuildRequest request, BuildInput input, BuildProgress progress)
            throws IOException, InterruptedException, DockerfileException {
        var epoch = request.epoch(); // first: nothing is done if it is none
        var builds = engine.builds();
        try (var build = begun(builds.begin(caller), request, input, progress);
                var budget = budgets.begin(caller.tenant().uid(), builds.largest(), build::holds);
                var contexts =
                        contexts(
                                input,
                                request,
                                new Fetcher(
                                        "remote",
                                        caller,
                                        build,
                                        new SourceFiles.Place(builds.directory(), budget)))) {
            var file = dockerfile(contexts.main(), request);
            var globals = globals(file, request);
            var stages = Stages.of(file, globals, contexts.names());
            int last = stages.target(request.target());
            var runner = new StepRunner(engine, caller, build, clock, epoch);
            try (var job =
                    new BuildJob(
                            engine, caller, request, build, runner, contexts, caches, stages)) {
                var made = stages(job, file, globals, last, progress);
                progress.built(new StepCache(made.steps()), steps(job, last));
                warnOfUnused(request, file, globals, progress);
                warnOfUnknown(request, file, progress);
                request.labels().forEach(made.draft()::label);
                var config = made.draft().toJson(made.files(), epoch);
                return build.finish(made.files(), config, request.names());
            }
        }
    }

    /** With agents and caches that are there, before anything is done. */
    private static Builds.Build begun(
            Builds.Build build, BuildRequest request, BuildInput input, BuildProgress progress)
            throws IOException {
        try {
            for (var agent : request.agents().values()) build.socket(agent).close();
            // those that come with the build are first: nothing is asked for them
            for (var archive : input.caches()) {
                build.takesFrom(archive, progress::warn);
                archive.transferTo(OutputStream.nullOutputStream()); // also if it is none
            }
            for (var cache : request.caches()) {
                build.takesFrom(cache, request.credentials(Reference.parse(cache)));
            }
            return build;
        } catch (IOException | RuntimeException e) {
            build.close();
            throw e;
        }
    }

    private static StepCache steps(BuildJob job, int last)
            throws InterruptedException, DockerfileException {
        var all = new ArrayList<StepCache.Step>();
        for (int number : job.stages().needed(last)) all.addAll(job.stage(number).steps());
        return new StepCache(all);
    }

    private static GlobalScope globals(Dockerfile file, BuildRequest request)
            throws DockerfileException {
        var platform = request.platform().orElseGet(Platform::host);
        var target = request.target().isEmpty() ? "default" : request.target();
        var predefined =
                GlobalScope.platforms(Platform.host().toString(), platform.toString(), target);
        return GlobalScope.of(file, request.arguments(), predefined);
    }

    /** An argument that no ARG declares is likely to be misspelt. */
    private static void warnOfUnused(
            BuildRequest request, Dockerfile file, GlobalScope globals, BuildProgress progress) {
        var unused = new TreeSet<>(request.arguments().keySet());
        unused.removeAll(globals.names());
        unused.removeAll(globals.proxies().keySet());
        unused.remove(BuildRequest.SOURCE_DATE_EPOCH);
        for (var stage : file.stages()) {
            for (var instruction : stage.instructions()) {
                if (instruction instanceof Arg arg) {
                    arg.arguments().forEach(argument -> unused.remove(argument.name()));
                }
            }
        }
        if (!unused.isEmpty()) {
            progress.warn("One or more build-args " + unused + " were not consumed");
        }
    }

    private static void warnOfUnknown(
            BuildRequest request, Dockerfile file, BuildProgress progress) {
        var unknown = new TreeSet<>(request.uncached());
        for (var stage : file.stages()) unknown.removeIf(stage::isNamed);
        if (!unknown.isEmpty()) {
            progress.warn("no-cache-filter: there are no stages " + unknown);
        }
    }

    private static BuildContexts contexts(BuildInput input, BuildRequest request, Fetcher fetcher)
            throws IOException, InterruptedException, DockerfileException {
        var contexts = new BuildContexts(request.images());
        try {
            for (var named : input.named()) {
                var files = sent(named.tar(), fetcher.place());
                contexts.add(named.name(), files);
                ignore(files, List.of(IGNORE));
            }
            contexts.add(
                    request.remote().isEmpty()
                            ? sent(input.context(), fetcher.place())
                            : fetcher.context(request.remote(), request.dockerfile()));
            return contexts;
        } catch (IOException | InterruptedException | DockerfileException | RuntimeException e) {
            contexts.close();
            throw e;
        }
    }

    private static SourceFiles sent(InputStream context, SourceFiles.Place place)
            throws IOException {
        try (var tar = Compression.decompress(context)) {
            return SourceFiles.context(tar, place);
        }
    }

    private static Dockerfile dockerfile(SourceFiles files, BuildRequest request)
            throws IOException, InterruptedException, DockerfileException {
        var path = request.dockerfile();
        var text =
                text(files, path)
                        .orElseThrow(() ->
                                new EngineException.Invalid(
                                        "the Dockerfile ("
                                                + path
                                                + ") is not in the build context"));
        var file = Dockerfile.parse(path, text);
        ignore(files, List.of(path + IGNORE, IGNORE));
        return file;
    }

    /** Removes what the first of these files that is there excludes. */
    private static void ignore(SourceFiles files, List<String> names)
            throws IOException, InterruptedException, DockerfileException {
        for (var name : names) {
            var ignored = text(files, name);
            if (ignored.isEmpty()) continue;
            var rules = Ignore.parse(name, ignored.get());
            files.remove(rules);
            return;
        }
    }

    private static Optional<String> text(SourceFiles files, String path) throws IOException {
        var found = files.find(InsidePath.bytes(path)).filter(SourceFile::isRegular);
        if (found.isEmpty()) return Optional.empty();
        long size = found.get().stored();
        if (size > LARGEST_DOCKERFILE) {
            throw new EngineException.Invalid(
                    path + " has " + size + " bytes, the limit is " + LARGEST_DOCKERFILE);
        }
        return Optional.of(new String(files.bytes(found.get(), LARGEST_DOCKERFILE), UTF_8));
    }

    private static StageFiles stages(
            BuildJob job, Dockerfile file, GlobalScope globals, int last, BuildProgress progress)
            throws InterruptedException, DockerfileException {
        var needed = job.stages().needed(last);
        if (needed.size() > MOST_STAGES) {
            throw new EngineException.Invalid(
                    "the Dockerfile has "
                            + needed.size()
                            + " stages that are needed, the limit is "
                            + MOST_STAGES);
        }
        int steps =
                needed.stream()
                        .mapToInt(number -> 1 + file.stages().get(number).instructions().size())
                        .sum();
        var order = new StageOutput.Order(progress, steps);
        var scopes = new ConcurrentHashMap<Integer, StageScope>();
        var tasks = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (int number : needed) {
                var stage = file.stages().get(number);
                var output = order.add(1 + stage.instructions().size());
                job.begun(number, tasks.submit(() -> stage(job, globals, scopes, output, stage)));
            }
            return result(needed, job, last);
        } finally {
            close(tasks);
        }
    }

    private static StageFiles stage(
            BuildJob job,
            GlobalScope globals,
            Map<Integer, StageScope> scopes,
            StageOutput output,
            Stage stage)
            throws IOException, InterruptedException, DockerfileException {
        try (output) {
            return new StageRun(job, globals, scopes, output).run(stage);
        }
    }

    /** Ends what still runs: nothing of the build outlives it. */
    private static void close(ExecutorService tasks) {
        tasks.shutdownNow();
        tasks.close();
    }

    /** The first failure in the file's order. */
    private static StageFiles result(List<Integer> needed, BuildJob job, int last)
            throws InterruptedException, DockerfileException {
        try {
            for (int number : needed) job.stage(number);
            return job.stage(last);
        } catch (BuildJob.StageFailed e) {
            throw failure(e.failure());
        }
    }

    private static RuntimeException failure(Throwable cause)
            throws InterruptedException, DockerfileException {
        return switch (cause) {
            case BuildJob.StageFailed of -> failure(of.failure());
            case InterruptedException e -> throw e;
            case DockerfileException e -> throw e;
            case IOException e -> new EngineException.Failed("build: " + e.getMessage(), e);
            case RuntimeException e -> e;
            default -> new IllegalStateException(cause);
        };
    }
}
