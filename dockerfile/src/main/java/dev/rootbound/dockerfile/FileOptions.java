package dev.rootbound.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code COPY} and {@code ADD} do alike.
 *
 * @param chown the owner, as {@code user[:group]}, names or numbers; null is root
 * @param chmod the mode, octal or symbolic; null is that of the source
 * @param isLinked whether the files are a layer that does not depend on those before ({@code
 *     --link})
 * @param excluded patterns of files that are left out
 */
public record FileOptions(
        @Nullable String chown, @Nullable String chmod, boolean isLinked, List<String> excluded) {
    public FileOptions {
        excluded = List.copyOf(excluded);
    }

    FileOptions expanded(Words words) throws DockerfileException {
        return new FileOptions(
                words.expandIfSet(chown),
                words.expandIfSet(chmod),
                isLinked,
                words.expand(excluded));
    }
}
