package dev.rootbound.engine;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which tenant the peer of a request is. Its uid is the kernel's word; whose it is, is decided
 * here: a running container's ids act for that container's tenant, a subordinate id for its owner,
 * and what is nobody's is refused, else one user would be as many tenants as ids.
 */
final class Peers {
    private final Containers containers;
    private final IdPool pool;
    private final HostUsers users;

    Peers(Containers containers, IdPool pool, HostUsers users) {
        this.containers = containers;
        this.pool = pool;
        this.users = users;
    }

    /** As {@link #caller}, but empty if it takes asking somebody who may take his time. */
    Optional<Caller> known(long uid, long gid, List<Long> groups) throws IOException {
        if (uid == 0) {
            return Optional.of(new Caller(new Tenant(0), uid, gid, groups));
        }
        var leased = leaseHolder(uid);
        if (leased.isPresent()) {
            return Optional.of(new Caller(leased.get(), uid, gid, groups, true));
        }
        var user = users.known(user(uid));
        return user.isPresent()
                ? Optional.of(new Caller(new Tenant(user.getAsLong()), uid, gid, groups))
                : Optional.empty();
    }

    Caller caller(long uid, long gid, List<Long> groups) throws IOException {
        var known = known(uid, gid, groups);
        if (known.isPresent()) {
            return known.get();
        }
        OptionalLong user = users.uid(user(uid));
        if (user.isEmpty()) {
            throw new EngineException.Denied(
                    "uid "
                            + uid
                            + " may not use this engine: it is no user of this host, no container's,"
                            + " and in no user's line of /etc/subuid");
        }
        return new Caller(new Tenant(user.getAsLong()), uid, gid, groups);
    }

    /** The user who has this uid, as its own or as a subordinate one: a name or a number. */
    private String user(long uid) throws IOException {
        var line = users.subordinates().ownerOf(uid);
        return line.isPresent() ? line.get().owner() : Long.toString(uid);
    }

    /** Told by the pool: its word is true from before the first process runs until the last. */
    private Optional<Tenant> leaseHolder(long uid) {
        return pool.holder(uid)
                .map(bundle -> String.valueOf(Path.of(bundle).getFileName()))
                .flatMap(containers::byId)
                .map(entry -> entry.container().tenant());
    }
}
