package dev.rootbound.build;

import dev.rootbound.image.TarEntry;
import dev.rootbound.oci.Digest;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What COPY or ADD puts where, all expanded.
 *
 * @param sources what it copies, each as it is named at the destination
 * @param target absolute path inside, without {@code .} and {@code ..}
 * @param into whether the target is a directory, though it is not there yet
 * @param owner {@code USER[:GROUP]}, names of the files that are there or numbers; empty: whom the
 *     sources belong to
 * @param mode what becomes of the sources' modes; {@code null}: nothing
 */
record CopyStep(
        List<Source> sources, String target, boolean into, String owner, @Nullable FileMode mode) {

    /**
     * One source.
     *
     * @param name at the destination, if that is a directory: a path for {@code --parents}
     * @param file its content goes into the target if it is a directory, else it goes there itself
     */
    record Source(String name, SourceFile file, SourceFiles files) {}

    /** What all of it becomes. */
    UnaryOperator<TarEntry> change() {
        var asked = mode;
        return asked == null ? UnaryOperator.identity() : entry -> changed(entry, asked);
    }

    private static TarEntry changed(TarEntry entry, FileMode mode) {
        if (entry.type() == TarEntry.Type.SYMLINK) return entry;
        boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
        return entry.withMode(mode.of(entry.mode(), directory));
    }

    /** Of what it copies, wherever that goes. */
    Digest digest() {
        var members =
                sources.stream()
                        .map(source -> new CopyTar.Member(source.name, source.file, source.files))
                        .toList();
        return CopyTar.digest(members, change());
    }
}
