package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code ADD}: files of the context, archives, URLs, git repositories.
 *
 * @param checksum what a URL or repository must have; null is anything
 * @param keepsGitDirectory whether {@code .git} is there; null is what the URL says, or not
 * @param unpacks whether archives are unpacked; null is those of the context only
 */
public record Add(
        Source source,
        Files files,
        FileOptions options,
        @Nullable String checksum,
        @Nullable Boolean keepsGitDirectory,
        @Nullable Boolean unpacks)
        implements Instruction {
    @Override
    public Add expanded(Variables variables) throws DockerfileException {
        var words = new Words(source, variables);
        return new Add(
                source,
                files.expanded(words),
                options.expanded(words),
                words.expandIfSet(checksum),
                keepsGitDirectory,
                unpacks);
    }
}
