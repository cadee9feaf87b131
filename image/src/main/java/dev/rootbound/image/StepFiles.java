package dev.rootbound.image;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * Files that a step of a build begins with, or has made.
 *
 * @param image whose layers they are
 * @param created when they were made, by this build or another
 */
public record StepFiles(Image image, Instant created) {
    /** Those of an image, which may not say when it was made. */
    public static StepFiles of(Image image) {
        try {
            return new StepFiles(image, Instant.parse(image.config().created()));
        } catch (DateTimeException e) {
            return new StepFiles(image, Instant.EPOCH);
        }
    }
}
