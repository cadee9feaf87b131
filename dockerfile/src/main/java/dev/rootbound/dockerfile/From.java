package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * {@code FROM}: begins a stage.
 *
 * @param image an image, {@code scratch} or the name of an earlier stage, with variables
 * @param name what the stage is called, in lower case; null when it has no name
 * @param platform of the image, with variables; null is the one that is built for
 */
public record From(Source source, String image, @Nullable String name, @Nullable String platform)
        implements Statement {
    /**
     * With its words expanded, by the values of {@link GlobalScope}.
     *
     * @throws DockerfileException if a word is malformed, or nothing is left of it
     */
    public From expanded(Variables variables) throws DockerfileException {
        var words = new Words(source, variables);
        var expanded = words.expand(image);
        if (expanded.isEmpty())
            throw source.error(image, "nothing is left of " + image + ": FROM needs an image");
        var platform = words.expandIfSet(this.platform);
        if (platform != null && platform.isEmpty())
            throw source.error(
                    String.valueOf(this.platform), "nothing is left of " + this.platform);
        return new From(source, expanded, name, platform);
    }
}
