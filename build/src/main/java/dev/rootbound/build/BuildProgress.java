package dev.rootbound.build;

import dev.rootbound.engine.Engine;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.TransferProgress;

/** Told what a build does, by one thread at a time. What it throws ends the build. */
public interface BuildProgress {
    /**
     * A step begins.
     *
     * @param number from 1
     * @param total of all stages that are built
     */
    void step(int number, int total, String instruction);

    /** A step begins that the base image wants. */
    void trigger(String instruction);

    /** What the command of a step writes. */
    void output(Engine.Stream stream, byte[] bytes, int offset, int length);

    /** The step was found in the cache. */
    void cached();

    /**
     * The step is done.
     *
     * @param files the id of what there is now
     */
    void done(String files);

    /** Something that is likely to be a mistake. */
    void warn(String warning);

    /**
     * All is built.
     *
     * @param result the steps that have made the files of the result, in their order
     * @param all the steps of all stages that were built, in the file's order
     */
    void built(StepCache result, StepCache all);

    /** Told of an image that is pulled. */
    TransferProgress pulling();
}
