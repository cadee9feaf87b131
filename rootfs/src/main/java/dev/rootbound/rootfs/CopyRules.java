package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import org.jspecify.annotations.Nullable;

/**
 * How an archive is copied into a root file system.
 *
 * @param keepKinds refuse to replace a directory by something else, and something else by a
 *     directory
 * @param owner of everything that is copied; {@code null}: whom the archive says
 */
public record CopyRules(boolean keepKinds, @Nullable Owner owner) {
    /** Ids inside. */
    public record Owner(long uid, long gid) {}

    /** An entry as it is copied. */
    TarEntry owned(TarEntry entry) {
        return owner == null ? entry : entry.ownedBy(owner.uid, owner.gid);
    }
}
