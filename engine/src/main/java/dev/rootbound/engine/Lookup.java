package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which containers a caller means. Everybody means its own; host root can also name another
 * tenant's, by its full id or as {@code TENANT/NAME}, and never by what could be taken for one of
 * root's own.
 */
final class Lookup {
    private static final String EVERY = "*";

    private final Containers containers;
    private final HostUsers users;
    private final Policy policy;

    Lookup(Containers containers, HostUsers users, Policy policy) {
        this.containers = containers;
        this.users = users;
        this.policy = policy;
    }

    ContainerEntry find(Caller caller, String text) {
        return seek(caller, text)
                .or(() -> caller.isHostRoot() ? others(text) : Optional.empty())
                .orElseThrow(() -> Containers.notFound(text));
    }

    /** Of the caller's own tenant only. */
    ContainerEntry findOwn(Caller caller, String text) {
        return seek(caller, text).orElseThrow(() -> Containers.notFound(text));
    }

    private Optional<ContainerEntry> seek(Caller caller, String text) {
        return containers
                .seek(caller.tenant(), text)
                .filter(entry -> isVisible(caller, entry.container()));
    }

    /**
     * What has ids, namespaces or devices of the host is not for a caller in another container of
     * the same tenant, who would have them by it.
     */
    boolean isVisible(Caller caller, Container container) {
        return !caller.leased() || !reachesHost(container);
    }

    /**
     * Whether it has what no caller in a container is given, or host root's rights over files, or
     * shares a user namespace with what has: its processes are that one's to trace, ptrace(2).
     */
    boolean reachesHost(Container container) {
        return reachesHostItself(container)
                || Joins.of(container.spec().isolation()).others().stream()
                        .flatMap(id -> containers.byId(id).stream())
                        .anyMatch(joined -> reachesHost(joined.container()));
    }

    private boolean reachesHostItself(Container container) {
        var spec = container.spec();
        boolean owner =
                Stream.concat(spec.binds().stream(), spec.volumes().stream().map(VolumeMount::bind))
                        .filter(Objects::nonNull)
                        .map(BindMount::caller)
                        .anyMatch(by -> by != null && by.isHostRoot() && policy.ownsRoots(by));
        return owner || Ask.reachingHost(spec).findFirst().isPresent();
    }

    /** The caller's, and those of the tenants that are asked for: see {@link #tenants}. */
    List<ContainerEntry> list(Caller caller, List<String> tenants) {
        return containers.of(tenants(caller, tenants)).stream()
                .filter(entry -> isVisible(caller, entry.container()))
                .toList();
    }

    private Optional<ContainerEntry> others(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            return containers.byId(text);
        }
        var uid = uid(text.substring(0, slash));
        return uid.isEmpty()
                ? Optional.empty()
                : containers.named(new Tenant(uid.getAsLong()), text.substring(slash + 1));
    }

    private OptionalLong uid(String user) {
        return LocalEngine.attempt("find user " + user, () -> users.uid(user));
    }

    /**
     * Whose objects a list shows.
     *
     * @param asked by uid or name, {@code *} for all; empty: the caller's own
     * @throws EngineException.Denied if they are not the caller's own and it is not host root:
     *     nothing in place of it would say that they have none
     */
    Predicate<Tenant> tenants(Caller caller, List<String> asked) {
        return asked.stream()
                .map(each -> tenant(caller, each))
                .reduce(Predicate::or)
                .orElse(caller.tenant()::equals);
    }

    private Predicate<Tenant> tenant(Caller caller, String asked) {
        if (!caller.isHostRoot()) {
            return own(caller, asked);
        }
        if (asked.equals(EVERY)) {
            return _ -> true;
        }
        // also of a user who is gone
        var uid = asked.matches("[0-9]{1,9}") ? OptionalLong.of(Long.parseLong(asked)) : uid(asked);
        if (uid.isEmpty()) {
            throw new EngineException.Invalid(
                    "filter tenant: there is no user " + TextRule.shown(asked) + " on this host");
        }
        return new Tenant(uid.getAsLong())::equals;
    }

    private Predicate<Tenant> own(Caller caller, String asked) {
        long uid = caller.tenant().uid();
        if (asked.equals(Long.toString(uid)) || asked.equals(name(caller.tenant()))) {
            return caller.tenant()::equals;
        }
        throw new EngineException.Denied(
                "filter tenant="
                        + TextRule.shown(asked)
                        + ": only root of this host may ask for other tenants' containers");
    }

    /** The user's name; the uid if it has none any more. */
    String name(Tenant tenant) {
        return LocalEngine.attempt("find user " + tenant.uid(), () -> users.name(tenant.uid()));
    }
}
