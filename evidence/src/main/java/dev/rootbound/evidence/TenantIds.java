package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import java.util.Collection;
import java.util.Set;

/**
 * As whom on disk a tenant's containers may leave files.
 *
 * @param own the uids and gids that the tenant has on this host
 * @param subordinate its lines of /etc/subuid and /etc/subgid
 */
record TenantIds(Tenant tenant, Collection<Long> own, Collection<IdRange> subordinate) {
    TenantIds {
        own = Set.copyOf(own);
        subordinate = Set.copyOf(subordinate);
    }

    static TenantIds of(Tenant tenant, HostIdentities host) {
        return new TenantIds(tenant, host.idsOf(tenant.uid()), host.subordinate(tenant.uid()));
    }

    /**
     * Whether a file's owner is one of them.
     *
     * @param place the owner of the directory that the container has: where the tenant is root, its
     *     files there are that user's
     */
    boolean has(long id, long place) {
        if (subordinate.stream().anyMatch(range -> range.contains(id))) {
            return true;
        }
        return id != 0 && (own.contains(id) || (tenant.uid() == 0 && id == place));
    }
}
