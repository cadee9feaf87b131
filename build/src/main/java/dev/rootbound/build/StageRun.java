package dev.rootbound.build;

import dev.rootbound.dockerfile.Dockerfile;
import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.GlobalScope;
import dev.rootbound.dockerfile.Instruction;
import dev.rootbound.dockerfile.Origin;
import dev.rootbound.dockerfile.Stage;
import dev.rootbound.dockerfile.StageScope;
import dev.rootbound.image.StepFiles;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;

/** Has one stage begin where its FROM says, and build. */
final class StageRun {
    private final BuildJob job;
    private final GlobalScope globals;
    private final Map<Integer, StageScope> scopes;
    private final StageOutput output;

    /**
     * @param scopes of the stages that are built, at their ends
     */
    StageRun(
            BuildJob job,
            GlobalScope globals,
            Map<Integer, StageScope> scopes,
            StageOutput output) {
        this.job = job;
        this.globals = globals;
        this.scopes = scopes;
        this.output = output;
    }

    StageFiles run(Stage stage) throws IOException, InterruptedException, DockerfileException {
        output.step(stage.from().original());
        var base = base(stage);
        output.done(base.files().image().id());
        var scope =
                job.stages().base(stage.number()) instanceof Origin.OfStage(int number)
                        ? Objects.requireNonNull(scopes.get(number)).child()
                        : globals.stage(base.draft().env());
        scopes.put(stage.number(), scope);
        var triggers = new ArrayList<Instruction>();
        for (var trigger : base.draft().takeTriggers()) {
            triggers.add(Dockerfile.instruction(trigger));
        }
        return begun(stage, scope, base).build(triggers, stage.instructions());
    }

    private StageBuild begun(Stage stage, StageScope scope, StageFiles base) {
        var request = job.request();
        boolean cached =
                !request.noCache() && request.uncached().stream().noneMatch(stage::isNamed);
        var proxies =
                globals.proxies().entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .sorted()
                        .toList();
        return new StageBuild(job, output, scope, proxies, cached, base);
    }

    private StageFiles nothing() {
        var platform = job.request().platform().orElseGet(Platform::host);
        return new StageFiles(ImageDraft.scratch(platform), job.build().nothing());
    }

    private StageFiles base(Stage stage)
            throws IOException, InterruptedException, DockerfileException {
        var platform = job.request().platform();
        var asked = job.stages().from(stage.number()).platform();
        return switch (job.contexts().resolved(job.stages().base(stage.number()))) {
            case Origin.Scratch() -> nothing();
            case Origin.OfStage(int number) -> {
                var made = job.stage(number);
                yield new StageFiles(made.draft().copy(), made.files(), made.steps());
            }
            case Origin.OfImage(var name) -> {
                var wanted =
                        asked == null ? platform : java.util.Optional.of(Platform.parse(asked));
                var image = job.image(name, wanted, output.pulling());
                var files = StepFiles.of(image);
                yield new StageFiles(ImageDraft.on(files, image.rawConfig()), files);
            }
            case Origin.NamedContext(var name) -> {
                var begun = begun(stage, globals.stage(Map.of()), nothing());
                yield begun.copy(job.contexts().named(name), "FROM " + name);
            }
            case Origin.BuildContext() -> throw new IllegalStateException("FROM names something");
        };
    }
}
