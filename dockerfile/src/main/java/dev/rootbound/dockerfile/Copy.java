package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code COPY}: files of the context, of a stage or of an image.
 *
 * @param from a stage's name or number, an image or a named context; null is the build context. It
 *     has no variables
 * @param keepsParents whether directories of a source's path are made too ({@code --parents})
 */
public record Copy(
        Source source,
        Files files,
        FileOptions options,
        @Nullable String from,
        boolean keepsParents)
        implements Instruction {
    @Override
    public Copy expanded(Variables variables) throws DockerfileException {
        var words = new Words(source, variables);
        var files = this.files.expanded(words);
        return new Copy(source, files, options.expanded(words), from, keepsParents);
    }
}
