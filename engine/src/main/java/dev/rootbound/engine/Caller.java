package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.util.List;

/**
 * Who asks: the peer of this request as the kernel names it (unix(7), SO_PEERCRED), never a name
 * that the request gives.
 *
 * @param groups supplementary, as they were when the peer connected; {@code gid} is among them only
 *     if it is one of those, too
 * @param leased whether the uid is in a running container's lease: it acts for that container's
 *     tenant, but is nobody on the host
 * @param pid of the process that connected; 0: nobody asks now, or it is not known
 * @param certificate the subject of that by which it is known over tcp, RFC 2253; empty: it is
 *     known otherwise
 */
public record Caller(
        Tenant tenant,
        long uid,
        long gid,
        List<Long> groups,
        boolean leased,
        long pid,
        String certificate) {
    public Caller {
        groups = List.copyOf(groups);
    }

    /** Of a process that is not told. */
    public Caller(Tenant tenant, long uid, long gid, List<Long> groups, boolean leased) {
        this(tenant, uid, gid, groups, leased, 0, "");
    }

    /** The same user by another process. */
    public Caller by(long process) {
        return new Caller(tenant, uid, gid, groups, leased, process, "");
    }

    /** The same user by a certificate. */
    Caller with(String subject) {
        return new Caller(tenant, uid, gid, groups, leased, 0, subject);
    }

    /** Of a user of this host, or of its subordinate ids. */
    public Caller(Tenant tenant, long uid, long gid, List<Long> groups) {
        this(tenant, uid, gid, groups, false);
    }

    /** The kernel's (gid_t)-1, which is no group. */
    static final long NO_GROUP = 0xFFFF_FFFFL;

    /**
     * Of what happens to a tenant's objects though nobody asks for it now: its groups are those
     * that the host knows of the user, and no process's.
     */
    static Caller of(Tenant tenant) {
        return new Caller(tenant, tenant.uid(), NO_GROUP, List.of());
    }

    /** Whether no process of this host's asks: over tcp, or nobody now. */
    public boolean isElsewhere() {
        return pid == 0;
    }

    /** Host root itself, no process in one of its containers or with a subordinate id of its. */
    boolean isHostRoot() {
        return uid == 0 && tenant.uid() == 0;
    }
}
