package dev.rootbound.engine;

import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * {@code --userns} and the modes that bring another container's user namespace, resolved when a
 * container is created: names become ids, {@code keep-id} a user.
 */
final class UserNamespaceMode {
    private static final long SIZE = 65_536;
    private static final Pattern KEEP = Pattern.compile("keep-id(?::(.*))?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final Caller caller;
    private final Function<String, Container> containers;

    /**
     * @param containers of the caller, by name or id
     */
    UserNamespaceMode(Caller caller, Function<String, Container> containers) {
        this.caller = caller;
        this.containers = containers;
    }

    ContainerSpec complete(ContainerSpec asked) {
        var isolation = withHosts(asked.isolation().withJoins(this::resolved));
        var joins = Joins.of(isolation);
        boolean hosts = joinsHosts(joins);
        refuseContradictions(asked, joins, hosts);
        return asked.with(spec -> {
            spec.isolation = hosts ? isolation.withUserns(HostNamespaces.HOST) : isolation;
            if (!joins.network().isEmpty() && !HostNamespaces.isHost(isolation.utsMode())) {
                var other = containers.apply(joins.network()).spec();
                spec.hostname = other.hostname();
                spec.domainname = other.domainname();
            }
            var keep = KEEP.matcher(isolation.usernsMode());
            if (keep.matches() && spec.user.isEmpty()) {
                spec.user = keptUser(keep.group(1) == null ? "" : keep.group(1));
            }
        });
    }

    /** Who joins namespaces of the host's user namespace has the host's ids, and is judged so. */
    private boolean joinsHosts(Joins joins) {
        return joins.others().stream()
                .map(id -> containers.apply(id).spec().isolation().usernsMode())
                .anyMatch(UserNamespaceMode::isHost);
    }

    private String resolved(String mode) {
        if (!mode.startsWith(Joins.PREFIX)) return mode;
        var name = mode.substring(Joins.PREFIX.length());
        if (name.isEmpty()) throw new EngineException.Invalid(mode + " names no container");
        return Joins.PREFIX + containers.apply(name).id();
    }

    /** Another's namespace that is the host's is the host's, and judged so. */
    private Isolation withHosts(Isolation isolation) {
        var network = hosts(isolation, Isolation::networkMode);
        var ipc = hosts(isolation, Isolation::ipcMode);
        var pid = hosts(isolation, Isolation::pidMode);
        var joined = isolation.withModes(isolation.usernsMode(), network, ipc, pid);
        if (joined.equals(isolation) || !isolation.usernsMode().isEmpty()) return joined;
        return joined.withUserns(Joins.PREFIX + Joins.of(isolation).others().getFirst());
    }

    private String hosts(Isolation isolation, Function<Isolation, String> mode) {
        var asked = mode.apply(isolation);
        if (!asked.startsWith(Joins.PREFIX)) return asked;
        var other = containers.apply(asked.substring(Joins.PREFIX.length())).spec().isolation();
        return HostNamespaces.isHost(mode.apply(other)) ? HostNamespaces.HOST : asked;
    }

    private static void refuseContradictions(ContainerSpec asked, Joins joins, boolean hosts) {
        var mode = asked.isolation().usernsMode();
        boolean agree = mode.isEmpty() || mode.startsWith(Joins.PREFIX) || (hosts && isHost(mode));
        if (!joins.others().isEmpty() && !agree) {
            throw new EngineException.Invalid(
                    "conflicting options: --userns "
                            + TextRule.shown(mode)
                            + " and the namespaces of another container, which come with its user"
                            + " namespace");
        }
        boolean named = !asked.hostname().isEmpty() || !asked.domainname().isEmpty();
        if (!joins.network().isEmpty() && named) {
            throw new EngineException.Invalid("conflicting options: hostname and the network mode");
        }
    }

    /** As Podman's: the caller has its own ids inside, or those that are said. */
    private String keptUser(String options) {
        if (caller.leased()) {
            throw new EngineException.Invalid(
                    "--userns keep-id: a caller in a container is nobody on the host");
        }
        long uid = caller.uid();
        long gid = caller.gid();
        for (var option : options.isEmpty() ? new String[0] : options.split(",")) {
            var value = option.substring(option.indexOf('=') + 1);
            if (!option.matches("[ug]id=.*") || !NUMBER.matcher(value).matches()) {
                throw new EngineException.Invalid(
                        "--userns keep-id: " + TextRule.shown(option) + ": it is uid=N or gid=N");
            }
            if (option.startsWith("uid")) uid = Long.parseLong(value);
            else gid = Long.parseLong(value);
        }
        for (long id : new long[] {uid, gid}) {
            if (id >= SIZE) {
                throw new EngineException.Invalid(
                        "--userns keep-id: id "
                                + id
                                + " is not among the container's, 0 to 65535; say another with"
                                + " keep-id:uid=N,gid=N");
            }
        }
        return uid + ":" + gid;
    }

    /** Whether the container's ids are the host's own: its root is root there. */
    static boolean isHost(String mode) {
        return HostNamespaces.isHost(mode);
    }

    /** A mode that gives the container a user namespace of its own. */
    static boolean isOwn(String mode) {
        return mode.matches("|auto|private|keep-id(:.*)?|auto:size=[0-9]+");
    }

    /**
     * Of {@code auto:size=N}: a sentence if it gets another number of ids.
     *
     * @return empty if there is nothing to say
     */
    static String sizeWarning(String mode) {
        if (!mode.startsWith("auto:size=")) return "";
        var text = mode.substring("auto:size=".length());
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) > SIZE) {
            throw new EngineException.Invalid(
                    "--userns "
                            + TextRule.shown(mode)
                            + ": a container has 65536 ids, as images and volumes do");
        }
        return Long.parseLong(text) == SIZE
                ? ""
                : "--userns " + mode + ": rounded to 65536 ids, what a container has";
    }
}
