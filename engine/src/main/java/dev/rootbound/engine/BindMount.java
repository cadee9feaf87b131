package dev.rootbound.engine;

import dev.rootbound.rootfs.HostMounts;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory of the host in a container.
 *
 * @param source absolute path on the host
 * @param target absolute path inside
 * @param access what may be written
 * @param below whether what is mounted below the source is shown too
 * @param makeSource whether a directory is made if nothing is there
 * @param owner whose files the caller's are, inside
 * @param caller with whose rights the source is opened; {@code null} when asked for: who asks
 * @param found what the source was when the container was created; {@code null} when asked for
 */
public record BindMount(
        String source,
        String target,
        HostMounts.Access access,
        boolean below,
        boolean makeSource,
        Owner owner,
        @Nullable Caller caller,
        @Nullable Found found) {

    /**
     * What a source leads to. Containers may write on the way there: what they make of it later is
     * not followed.
     *
     * @param path without a link, a char a byte
     * @param uid who it belongs to
     */
    public record Found(String path, long uid) {}

    /**
     * Whose files the caller's are, inside.
     *
     * @param isBlock nobody's: inside ids are those of the tenant's permanent block, all of them
     * @param user {@code user[:group]}; empty: the container's own
     */
    public record Owner(boolean isBlock, String user) {
        /** The container's user. */
        public static final Owner CONTAINERS_USER = new Owner(false, "");

        /** Nobody. */
        public static final Owner BLOCK = new Owner(true, "");
    }

    /** As {@code -v SOURCE:TARGET} has it. */
    public static BindMount of(String source, String target, HostMounts.Access access) {
        return new BindMount(source, target, access, true, true, Owner.CONTAINERS_USER, null, null);
    }

    /** Which process asks is not kept. */
    BindMount by(Caller changed) {
        return new BindMount(
                source, target, access, below, makeSource, owner, changed.by(0), found);
    }

    /** Whether this user named it, itself and not from a container. */
    boolean isOf(Caller user) {
        return caller != null && !caller.leased() && caller.uid() == user.uid();
    }

    BindMount at(Found changed) {
        return new BindMount(source, target, access, below, makeSource, owner, caller, changed);
    }

    BindMount withAccess(HostMounts.Access changed) {
        return new BindMount(source, target, changed, below, makeSource, owner, caller, found);
    }

    /** Whether the source itself cannot be written. */
    public boolean readOnly() {
        return access != HostMounts.Access.ALL;
    }
}
