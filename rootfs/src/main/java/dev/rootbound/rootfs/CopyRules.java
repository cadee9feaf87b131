package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an archive is copied into a root file system.
 *
 * @param keepKinds refuse to replace a directory by something else, and something else by a
 *     directory
 * @param owner of everything that is copied; {@code null}: whom the archive says
 * @param apart paths below the directory that is copied to, where a container has something
 *     mounted: what is to be in such a file is told, and nothing is put in its place; a char a byte
 */
public record CopyRules(boolean keepKinds, @Nullable Owner owner, Set<String> apart) {
    public CopyRules {
        apart = Set.copyOf(apart);
    }

    /** Ids inside. */
    public record Owner(long uid, long gid) {}

    /** An entry as it is copied. */
    TarEntry owned(TarEntry entry) {
        return owner == null ? entry : entry.ownedBy(owner.uid, owner.gid);
    }
}
