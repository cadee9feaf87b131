package dev.rootbound.docker;

/**
 * Who may connect to a socket; whom they act for is the kernel's word.
 *
 * @param mode of the socket, as in chmod(2)
 * @param gid the socket's group
 */
public record Access(int mode, long gid) {
    private static final long ROOT = 0;

    /** Every user of this host: each is a tenant. */
    public static final Access EVERYBODY = new Access(0666, ROOT);

    /** Who is in this group, and root. */
    public static Access of(long gid) {
        return new Access(0660, gid);
    }
}
