package dev.rootbound.image;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member of a tar archive, its extended headers applied. Names are bytes, as in the kernel.
 *
 * @param name as written: may be absolute, hold {@code ..} or end in a slash; never empty, never
 *     with a NUL
 * @param mode the lower twelve bits of st_mode
 * @param userName {@code null} if the archive names none
 * @param size bytes of the file when unpacked, holes included; 0 for what is not a file
 * @param linkName the target of a link, else empty
 * @param xattrs by full name ({@code security.capability}); values are bytes
 * @param sparse the runs of data of a sparse file, ascending; empty: not sparse. A file that is one
 *     hole has one run of length 0 at its end
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a foreign name: shown and passed on only
public record TarEntry(
        byte[] name,
        Type type,
        int mode,
        long uid,
        long gid,
        @Nullable String userName,
        long size,
        long mtimeSeconds,
        int mtimeNanos,
        byte[] linkName,
        int deviceMajor,
        int deviceMinor,
        Map<String, byte[]> xattrs,
        List<Extent> sparse) {

    /** What a member is. */
    public enum Type {
        FILE,
        HARD_LINK,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }

    /** A run of data in a sparse file. */
    public record Extent(long offset, long length) {}

    private static final int SHOWN = 200;

    public TarEntry {
        xattrs = Map.copyOf(xattrs);
        sparse = List.copyOf(sparse);
    }

    /** The same for another owner. */
    public TarEntry ownedBy(long newUid, long newGid) {
        return new TarEntry(
                name,
                type,
                mode,
                newUid,
                newGid,
                null,
                size,
                mtimeSeconds,
                mtimeNanos,
                linkName,
                deviceMajor,
                deviceMinor,
                xattrs,
                sparse);
    }

    /** The same under another name. */
    public TarEntry named(byte[] newName) {
        return with(newName, mode, linkName, xattrs);
    }

    /**
     * The same with other permissions.
     *
     * @param newMode the lower twelve bits of st_mode
     */
    public TarEntry withMode(int newMode) {
        return with(name, newMode, linkName, xattrs);
    }

    /** The same, changed at another time, in whole seconds since 1970. */
    public TarEntry changedAt(long seconds) {
        return new TarEntry(
                name,
                type,
                mode,
                uid,
                gid,
                userName,
                size,
                seconds,
                0,
                linkName,
                deviceMajor,
                deviceMinor,
                xattrs,
                sparse);
    }

    /** The same file with another size. */
    public TarEntry sized(long newSize) {
        return new TarEntry(
                name,
                type,
                mode,
                uid,
                gid,
                userName,
                newSize,
                mtimeSeconds,
                mtimeNanos,
                linkName,
                deviceMajor,
                deviceMinor,
                xattrs,
                sparse);
    }

    /** The same without set-user-ID, set-group-ID and attributes. */
    public TarEntry withoutPrivileges() {
        return with(name, mode & 01777, linkName, Map.of());
    }

    /** The same, a link to something else. */
    public TarEntry linkedTo(byte[] target) {
        return with(name, mode, target, xattrs);
    }

    private TarEntry with(
            byte[] newName, int newMode, byte[] newLink, Map<String, byte[]> newXattrs) {
        return new TarEntry(
                newName,
                type,
                newMode,
                uid,
                gid,
                userName,
                size,
                mtimeSeconds,
                mtimeNanos,
                newLink,
                deviceMajor,
                deviceMinor,
                newXattrs,
                sparse);
    }

    /** The name for a message: never unprintable, never long. */
    public String printableName() {
        return printable(name);
    }

    @Override
    public String toString() {
        return type + " " + printableName();
    }

    static String printable(byte[] name) {
        var text = new String(name, 0, Math.min(name.length, SHOWN), StandardCharsets.UTF_8);
        var shown = new StringBuilder();
        text.codePoints()
                .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                .forEach(shown::appendCodePoint);
        return name.length > SHOWN ? shown + "…" : shown.toString();
    }
}
