package dev.rootbound.build;

import dev.rootbound.image.StepCache;
import dev.rootbound.image.StepFiles;
import java.util.List;

/**
 * What a stage has made.
 *
 * @param steps that have made the files, also of the stages that it begins with
 */
record StageFiles(ImageDraft draft, StepFiles files, List<StepCache.Step> steps) {
    StageFiles {
        steps = List.copyOf(steps);
    }

    /** What no step has made. */
    StageFiles(ImageDraft draft, StepFiles files) {
        this(draft, files, List.of());
    }
}
