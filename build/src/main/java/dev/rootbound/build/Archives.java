package dev.rootbound.build;

import dev.rootbound.image.Compression;
import dev.rootbound.image.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZInputStream;

/** Which files ADD unpacks. */
final class Archives {
    /** KiB for a decompressor: what {@code xz -9} needs, and more than a hostile file may have. */
    private static final int MOST_MEMORY = 128 << 10;

    private static final int BUFFER = 64 << 10;

    private Archives() {}

    /** Whether it is a tar, compressed or not: what it begins with counts, not its name. */
    static boolean is(SourceFiles files, SourceFile file) {
        try (var tar = new TarReader(open(files, file))) {
            return tar.next() != null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The plain tar: besides what layers have, also of xz(1).
     *
     * @throws IOException for a compression that is not supported
     */
    static InputStream open(SourceFiles files, SourceFile file) throws IOException {
        var start = new FileInput(files, file).readNBytes(XZ.HEADER_MAGIC.length);
        if (!Arrays.equals(start, XZ.HEADER_MAGIC)) {
            return Compression.decompress(new FileInput(files, file));
        }
        return new BufferedInputStream(
                new XZInputStream(new FileInput(files, file), MOST_MEMORY), BUFFER);
    }
}
