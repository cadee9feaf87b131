package dev.rootbound.build;

import dev.rootbound.image.TarEntry;
import dev.rootbound.oci.Digest;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One file of {@link SourceFiles}. Two names of one inode are one of these.
 *
 * @param entry what it is; its name says nothing
 * @param offset where its content is
 * @param stored bytes of its content, of a sparse file those of its runs
 * @param digest of its content; {@code null} for what has none
 * @param children of a directory by name, a char a byte; else empty
 */
record SourceFile(
        TarEntry entry,
        long offset,
        long stored,
        @Nullable Digest digest,
        NavigableMap<String, SourceFile> children) {

    static SourceFile directory(TarEntry entry) {
        return new SourceFile(entry, 0, 0, null, new TreeMap<>());
    }

    static SourceFile other(TarEntry entry, long offset, long stored, @Nullable Digest digest) {
        return new SourceFile(entry, offset, stored, digest, Collections.emptyNavigableMap());
    }

    boolean isDirectory() {
        return entry.type() == TarEntry.Type.DIRECTORY;
    }

    boolean isSymlink() {
        return entry.type() == TarEntry.Type.SYMLINK;
    }

    boolean isRegular() {
        return entry.type() == TarEntry.Type.FILE;
    }
}
