package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.util.List;

/**
 * Who asks: the peer of this request as the kernel names it (unix(7), SO_PEERCRED), never a name
 * that the request gives.
 */
public record Caller(Tenant tenant, long uid, long gid, List<Long> groups) {
    public Caller {
        groups = List.copyOf(groups);
    }

    /** Of what happens to a tenant's objects though nobody asks for it now. */
    static Caller of(Tenant tenant) {
        return new Caller(tenant, tenant.uid(), tenant.uid(), List.of());
    }
}
