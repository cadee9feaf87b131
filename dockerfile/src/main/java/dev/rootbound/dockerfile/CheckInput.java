package dev.rootbound.dockerfile;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What checks know besides the file.
 *
 * @param arguments what the build is given ({@code --build-arg})
 * @param predefined {@link GlobalScope#platforms}
 * @param images what is known of a base image, by its reference as FROM has it; null if nothing:
 *     then variables of stages that are based on it are not judged
 * @param ignore what is kept out of the context
 */
public record CheckInput(
        Map<String, String> arguments,
        Map<String, String> predefined,
        Function<String, @Nullable BaseImage> images,
        Ignore ignore) {
    /** No arguments, linux/amd64, images and context unknown. */
    public static final CheckInput NOTHING =
            new CheckInput(
                    Map.of(),
                    GlobalScope.platforms("linux/amd64", "linux/amd64", "default"),
                    _ -> null,
                    Ignore.NONE);

    /**
     * What checks need of a base image's configuration.
     *
     * @param hasShell whether it has a shell of its own ({@code SHELL})
     */
    public record BaseImage(Map<String, String> environment, boolean hasShell) {}
}
