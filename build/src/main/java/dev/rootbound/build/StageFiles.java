package dev.rootbound.build;

import dev.rootbound.image.StepFiles;

/** What a stage has made. */
record StageFiles(ImageDraft draft, StepFiles files) {}
