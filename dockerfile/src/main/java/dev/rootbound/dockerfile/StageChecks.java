package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the stages as a build would, without running anything: each begins where its base ends.
 */
final class StageChecks {
    /** What every image has that says nothing of it. */
    private static final Map<String, String> PATH =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    private final Dockerfile file;
    private final CheckInput input;
    private final List<Warning> warnings;

    StageChecks(Dockerfile file, CheckInput input, List<Warning> warnings) {
        this.file = file;
        this.input = input;
        this.warnings = warnings;
    }

    void run() {
        var report = new StageCheck.Report(input.ignore(), warnings, new Suggestions());
        try {
            var globals = GlobalScope.of(file, input.arguments(), input.predefined());
            var stages = Stages.of(file, globals, Set.of());
            var checked = new ArrayList<StageCheck>();
            for (var stage : file.stages()) {
                var check =
                        stages.base(stage.number()) instanceof Origin.OfStage(int base)
                                ? checked.get(base).child()
                                : begin(stages.base(stage.number()), globals, report);
                check.run(stage);
                checked.add(check);
            }
        } catch (DockerfileException _) {
            // the build itself says it
        }
    }

    private StageCheck begin(Origin base, GlobalScope globals, StageCheck.Report report) {
        var image =
                base instanceof Origin.OfImage(var reference)
                        ? input.images().apply(reference)
                        : new CheckInput.BaseImage(PATH, false);
        var scope = globals.stage(PATH);
        if (image != null) image.environment().forEach(scope::set);
        return new StageCheck(scope, report, image);
    }
}
