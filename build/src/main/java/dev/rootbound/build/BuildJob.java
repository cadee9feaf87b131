package dev.rootbound.build;

import dev.rootbound.dockerfile.Origin;
import dev.rootbound.dockerfile.Stages;
import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import dev.rootbound.image.StepFiles;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.Serial;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What all stages of one build have. */
final class BuildJob implements AutoCloseable {
    private final Engine engine;
    private final Caller caller;
    private final BuildRequest request;
    private final Builds.Build build;
    private final StepRunner runner;
    private final BuildContexts contexts;
    private final CacheLocks caches;
    private final Stages stages;
    private final Map<Integer, Future<StageFiles>> begun = new ConcurrentHashMap<>();
    private final Queue<SourceFiles> owned = new ConcurrentLinkedQueue<>();

    BuildJob(
            Engine engine,
            Caller caller,
            BuildRequest request,
            Builds.Build build,
            StepRunner runner,
            BuildContexts contexts,
            CacheLocks caches,
            Stages stages) {
        this.engine = engine;
        this.caller = caller;
        this.request = request;
        this.build = build;
        this.runner = runner;
        this.contexts = contexts;
        this.caches = caches;
        this.stages = stages;
    }

    Caller caller() {
        return caller;
    }

    BuildRequest request() {
        return request;
    }

    Builds.Build build() {
        return build;
    }

    StepRunner runner() {
        return runner;
    }

    BuildContexts contexts() {
        return contexts;
    }

    CacheLocks caches() {
        return caches;
    }

    SourceFiles.Place place() {
        return contexts.main().place();
    }

    /** Closed at the build's end. */
    SourceFiles own(SourceFiles files) {
        owned.add(files);
        return files;
    }

    Stages stages() {
        return stages;
    }

    /** In the order of the file: a stage needs earlier ones only. */
    void begun(int number, Future<StageFiles> stage) {
        begun.put(number, stage);
    }

    /** What a stage that has begun makes, once it has. */
    StageFiles stage(int number) throws InterruptedException {
        try {
            return Objects.requireNonNull(begun.get(number), "it has begun").get();
        } catch (ExecutionException e) {
            throw new StageFailed(Objects.requireNonNull(e.getCause()));
        }
    }

    /** What a stage needs has failed, or the stage itself. */
    static final class StageFailed extends RuntimeException {
        @Serial private static final long serialVersionUID = 1;

        private final Throwable failure;

        StageFailed(Throwable failure) {
            super(failure);
            this.failure = failure;
        }

        Throwable failure() {
            return failure;
        }
    }

    /** The files of a stage or of an image. */
    StepFiles files(Origin origin) throws InterruptedException {
        return switch (origin) {
            case Origin.OfStage(int number) -> stage(number).files();
            case Origin.OfImage(var name) ->
                    StepFiles.of(image(name, request.platform(), TransferProgress.SILENT));
            case Origin.Scratch() -> build.nothing();
            case Origin.BuildContext(), Origin.NamedContext(_) ->
                    throw new IllegalStateException("it has no layers: " + origin);
        };
    }

    /** An image that is here, else, or if it is asked for, pulled. */
    Image image(String name, Optional<Platform> platform, TransferProgress progress) {
        var image = found(name, platform, progress);
        build.uses(image);
        return image;
    }

    private Image found(String name, Optional<Platform> platform, TransferProgress progress) {
        if (!request.pull() || isId(name)) {
            try {
                var found = engine.inspectImage(caller, name);
                if (platform.isEmpty() || platform.get().runs(found.config().platform())) {
                    return found;
                }
            } catch (EngineException.NotFound e) {
                if (isId(name)) throw e;
            }
        }
        var reference = reference(name);
        engine.transfers()
                .pull(
                        caller,
                        reference.familiar(),
                        platform,
                        request.credentials(reference),
                        progress);
        return engine.inspectImage(caller, reference.familiar());
    }

    private static boolean isId(String name) {
        return name.matches("sha256:[0-9a-f]{64}|[0-9a-f]{64}");
    }

    private static Reference reference(String name) {
        try {
            return Reference.parse(name).withDefaultTag();
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (var files : owned) files.close();
    }
}
