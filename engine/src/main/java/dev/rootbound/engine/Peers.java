package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.Lease;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Which tenant the peer of a request is. Its uid is the kernel's word; whose it is, is decided
 * here: a running container's ids act for that container's tenant, a subordinate id for its owner,
 * and what is nobody's is refused, else one user would be as many tenants as ids.
 */
final class Peers {
    private final Containers containers;
    private final IdPool pool;
    private final Optional<IdMaps> remap;
    private final HostUsers users;
    private final Supplier<ClientPolicy> clients;

    /**
     * @param clients who is who over tcp, as it is now
     * @param remap what all containers have, of all tenants: by one of these ids nobody can be told
     */
    Peers(
            Containers containers,
            IdPool pool,
            Optional<IdMaps> remap,
            HostUsers users,
            Supplier<ClientPolicy> clients) {
        this.containers = containers;
        this.pool = pool;
        this.remap = remap;
        this.users = users;
        this.clients = clients;
    }

    /** As {@link #caller(Remote)}, but empty if it takes asking somebody. */
    Optional<Tenant> known(Remote remote) throws IOException {
        var entry = clients.get().of(remote);
        var uid = entry.isPresent() ? users.known(entry.get().user()) : OptionalLong.empty();
        return uid.isPresent() ? Optional.of(new Tenant(uid.getAsLong())) : Optional.empty();
    }

    /** The user of this host for whom the administrator lets a client from elsewhere act. */
    Caller caller(Remote remote) throws IOException {
        var policy = clients.get();
        var entry = policy.of(remote).orElseThrow(() -> stranger(remote, policy.file()));
        var user =
                users.identity(entry.user())
                        .orElseThrow(() ->
                                new EngineException.Denied(
                                        entry.place()
                                                + " names user "
                                                + entry.user()
                                                + " for this client, who is no user of this host"));
        if (user.uid() == 0 && !entry.namesRoot()) {
            throw new EngineException.Denied(
                    entry.place()
                            + " names user "
                            + entry.user()
                            + " for this client, who is root of this host by another name; who is to"
                            + " be root over tcp is called root there");
        }
        var caller = new Caller(new Tenant(user.uid()), user.uid(), user.gid(), user.groups());
        return switch (remote) {
            case Remote.Certified(var subject) -> caller.with(subject.getName());
            case Remote.Plain _ -> caller;
        };
    }

    private static EngineException stranger(Remote remote, String file) {
        return new EngineException.Denied(
                switch (remote) {
                    case Remote.Certified(var subject) ->
                            "the certificate of "
                                    + subject.getName()
                                    + " is valid, but no user's of this engine; whoever administers"
                                    + " it can add it to "
                                    + file
                                    + ": clients: {certificates: [{subject: \""
                                    + subject.getName()
                                    + "\", user: NAME}]}";
                    case Remote.Plain(var host) ->
                            "who connects to "
                                    + host
                                    + " without a certificate is no user of this engine any more:"
                                    + " clients, plain, of "
                                    + file;
                });
    }

    /**
     * As {@link #caller(long, long, List)}, but empty if it takes asking somebody who may take his
     * time.
     */
    Optional<Caller> known(long uid, long gid, List<Long> groups) throws IOException {
        if (uid == 0) {
            return Optional.of(new Caller(new Tenant(0), uid, gid, groups));
        }
        var leased = leaseHolder(uid);
        if (leased.isPresent()) {
            // nobody on the host: no group of the host's is its
            return Optional.of(new Caller(leased.get(), uid, gid, List.of(), true));
        }
        var name = user(uid);
        var user = name.isPresent() ? users.known(name.get()) : OptionalLong.empty();
        return user.isPresent()
                ? Optional.of(new Caller(new Tenant(user.getAsLong()), uid, gid, groups))
                : Optional.empty();
    }

    Caller caller(long uid, long gid, List<Long> groups) throws IOException {
        var known = known(uid, gid, groups);
        if (known.isPresent()) {
            return known.get();
        }
        var name = user(uid);
        var user = name.isPresent() ? users.uid(name.get()) : OptionalLong.empty();
        if (user.isEmpty()) {
            throw nobody(uid);
        }
        return new Caller(new Tenant(user.getAsLong()), uid, gid, groups);
    }

    private static EngineException nobody(long uid) {
        return new EngineException.Denied(
                "uid "
                        + uid
                        + " may not use this engine: it is no user of this host, no container's,"
                        + " and in no user's line of /etc/subuid");
    }

    /**
     * The user who has this uid, as its own or as a subordinate one: a name or a number. Root's
     * subordinate ids are nobody: its containers leave programs on disk that have them.
     */
    private Optional<String> user(long uid) throws IOException {
        var line = users.subordinates().ownerOf(uid);
        if (line.isPresent() && isShared(uid)) {
            return Optional.empty();
        }
        var owner = line.isPresent() ? line.get().owner() : Long.toString(uid);
        return users.known(owner).orElse(-1) == 0 ? Optional.empty() : Optional.of(owner);
    }

    /** Today, or as an earlier engine started a container that still runs. */
    private boolean isShared(long uid) {
        return remap.filter(ids -> ids.contains(uid)).isPresent()
                || containers.all().stream()
                        .map(ContainerEntry::live)
                        .anyMatch(live ->
                                live != null
                                        && live.lease().kind() == Lease.Kind.SHARED
                                        && live.lease().ids().contains(uid));
    }

    /** Told by the pool: its word is true from before the first process runs until the last. */
    private Optional<Tenant> leaseHolder(long uid) {
        return pool.holder(uid)
                .map(bundle -> String.valueOf(Path.of(bundle).getFileName()))
                .flatMap(containers::byId)
                .map(entry -> entry.container().tenant());
    }
}
