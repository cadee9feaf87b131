package dev.rootbound.build;

import dev.rootbound.image.Compression;
import dev.rootbound.image.TarReader;
import java.io.IOException;

/** Which files ADD unpacks. */
final class Archives {
    private Archives() {}

    /** Whether it is a tar, compressed or not: what it begins with counts, not its name. */
    static boolean is(SourceFiles files, SourceFile file) {
        try (var tar = new TarReader(Compression.decompress(new FileInput(files, file)))) {
            return tar.next() != null;
        } catch (IOException e) {
            return false;
        }
    }
}
