package dev.rootbound.engine;

import dev.rootbound.image.Reference;
import dev.rootbound.network.Cidr;
import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.HostLimits.Clamped;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.ProcessSpec;
import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.SeccompProfile;
import dev.rootbound.runtime.SetIdFilter;
import dev.rootbound.runtime.Signals;
import dev.rootbound.runtime.Sysctls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The one place that decides whether a container, or a further process in it, may be as it is asked
 * to be, and for whom. It judges the complete spec, at create and again before each start (another
 * engine may have created it), so that no protocol and no field can go round it. What is not built
 * yet is refused here too: nothing dangerous is ever ignored.
 */
final class Policy {
    /** All tenants' mounts are counted together, /proc/sys/fs/mount-max. */
    private static final int MOST_MOUNTS = 128;

    /** What can be another container's. */
    private static final Set<String> JOINED = Set.of("network", "ipc", "pid");

    private static final Set<String> MODES = Set.of("", "private", "host");
    private static final Set<String> NETWORKS = Set.of("", "none", "host");
    private static final Set<String> IPC = Set.of("", "private", "shareable", "none", "host");

    private final Host host;
    private final HostUsers users;
    private final Supplier<PolicySettings> settings;

    /**
     * @param settings the administrator's, as they are now
     */
    Policy(Host host, HostUsers users, Supplier<PolicySettings> settings) {
        this.host = host;
        this.users = users;
        this.settings = settings;
    }

    /**
     * What is asked for, corrected where that is harmless or the policy has it so.
     *
     * @param warnings a sentence for each correction that is no policy's
     * @param grants what it has more than other containers
     */
    record Judged(ContainerSpec spec, List<String> warnings, List<Grant> grants) {}

    /** What a caller may have, by which rules. */
    Permissions permissions(Caller caller) {
        return LocalEngine.attempt(
                "find the policy for uid " + caller.uid(),
                () -> {
                    var containers = settings.get().containers();
                    var uid = caller.tenant().uid();
                    return new Permissions(
                            caller,
                            "user " + users.name(uid) + " (uid " + uid + ")",
                            containers.file(),
                            containers.of(caller, users));
                });
    }

    /**
     * Judges a container, complete with its image's defaults.
     *
     * @param digests by which its image was pulled
     */
    Judged judge(Caller caller, ContainerSpec asked, List<String> digests) {
        var permissions = permissions(caller);
        var grants = new ArrayList<>(permissions.check(asks(asked, digests)));
        var spec = narrowed(permissions, asked);
        var isolation = spec.isolation();
        userNamespace(isolation.usernsMode());
        grants.addAll(permissions.check(chosen(isolation.usernsMode())));
        mode("network", isolation.networkMode(), NETWORKS);
        mode("ipc", isolation.ipcMode(), IPC);
        mode("pid", isolation.pidMode(), MODES);
        mode("uts", isolation.utsMode(), MODES);
        mode("cgroup namespace", isolation.cgroupnsMode(), MODES);
        HostNamespaces.check(isolation);
        isolation.devices().forEach(HostDevice::check);
        spec.tmpfs().forEach(TmpfsRule::check);
        spec.volumes().forEach(volume -> TargetRule.check("volume", volume.target()));
        spec.binds().forEach(bind -> TargetRule.check("bind", bind.target()));
        int mounts = spec.binds().size() + spec.volumes().size();
        if (mounts > MOST_MOUNTS) {
            throw new EngineException.Invalid(
                    mounts + " volumes and bind mounts: " + MOST_MOUNTS + " are the most");
        }
        TargetRule.check(spec);
        if (spec.autoRemove() && !spec.restart().equals(RestartPolicy.NO)) {
            throw new EngineException.Invalid(
                    "can't create 'AutoRemove' container with restart policy");
        }
        TextRule.check(spec);
        NameRule.check(spec);
        AnnotationRule.check(spec.annotations());
        try {
            Sysctls.check(isolation.sysctls());
            capabilities(isolation, isolation.privileged());
            if (spec.stopSignal() != null) {
                Signals.number(spec.stopSignal());
            }
            if (isolation.seccomp() instanceof Isolation.Seccomp.Profile profile) {
                var json =
                        spec.isolation().setIdsRefused().isEmpty()
                                ? profile.json()
                                : SetIdFilter.of(profile.json());
                SeccompProfile.toSpec(json, Set.of(), "amd64", host.kernel());
            }
            var limited = limited(caller, spec);
            return new Judged(limited.spec(), limited.warnings(), grants);
        } catch (InvalidSpec e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** All that a container asks for, without its host paths. */
    static List<Ask> asks(ContainerSpec spec, List<String> digests) {
        var asks = new ArrayList<>(Ask.of(spec));
        if (!spec.network().bindings().isEmpty()) {
            asks.addAll(Ask.ofPorts(spec.network(), NetworkRule.lowestPort()));
        }
        asks.addAll(Ask.ofPublishing(spec.network()));
        asks.addAll(Ask.ofImage(spec.image(), digests));
        return asks;
    }

    /** Ids that somebody chooses and somebody has: more than to choose. */
    private List<Ask> chosen(String mode) {
        if (!UserNamespaceMap.is(mode)) return List.of();
        var whose =
                LocalEngine.attempt(
                        "whose ids " + mode + " are",
                        () -> new ChosenIds(users).whose(UserNamespaceMap.parse(mode)));
        if (whose.isEmpty()) return List.of();
        var what = "user namespace mode " + TextRule.shown(mode) + ", of which " + whose + ",";
        return List.of(new Ask(Setting.MAP_IDS, "any", what, true));
    }

    /** What is not asked for, and may not be either. */
    private static ContainerSpec narrowed(Permissions permissions, ContainerSpec asked) {
        var isolation =
                asked.isolation()
                        .narrowed(
                                !permissions.mayGainPrivileges(),
                                !permissions.keepsCapabilities(),
                                permissions.rootRefused(),
                                permissions.setIdsRefused());
        return asked.with(spec -> spec.isolation = isolation);
    }

    /**
     * Judges whom a process of a container is, once a name has been looked up inside.
     *
     * @throws EngineException.Denied if that is root and may not be
     */
    static void judge(ContainerSpec spec, String name, ProcessSpec.UserIds user) {
        var rule = spec.isolation().rootRefused();
        if (user.uid() != 0 || rule.isEmpty()) return;
        throw new EngineException.Denied(
                "user "
                        + TextRule.shown(name)
                        + " is root in the container: refused by "
                        + rule
                        + "; "
                        + Setting.ROOT_USER.remedy());
    }

    /**
     * Judges the source of a bind mount.
     *
     * @param real where it is on the host, a char a byte: not what the caller called it
     * @param others at which it is seen, too
     */
    void judge(Caller caller, BindMount bind, String real, Names others) throws IOException {
        var permissions = permissions(caller);
        permissions.checkPath(bind, real, permissions.judgesPaths() ? others.find() : List.of());
    }

    /** Finds paths, if they matter. */
    interface Names {
        List<String> find() throws IOException;
    }

    /** Judges a pull. */
    void judge(Caller caller, Reference reference) {
        List<Grant> _ = permissions(caller).check(List.of(Ask.ofPull(reference)));
    }

    /** Judges the subnet of a network that is asked for. */
    void judge(Caller caller, Cidr subnet) {
        List<Grant> _ = permissions(caller).check(List.of(Ask.ofSubnet(subnet)));
    }

    /**
     * Whether host root's container has what belongs to host root as its owner.
     *
     * @param source on the host
     * @return empty if it is a stranger there
     */
    Optional<Grant> ownerOf(Caller caller, String source) {
        var what = "host path " + TextRule.shown(source) + " as host root, its owner";
        var ask = new Ask(Setting.ROOT_BINDS, "owner", what, true);
        var permissions = permissions(caller);
        return permissions.has(ask)
                ? Optional.of(permissions.check(List.of(ask)).getFirst())
                : Optional.empty();
    }

    /** Whether its containers have any files of host root's as their owner. */
    boolean ownsRoots(Caller caller) {
        return permissions(caller).has(new Ask(Setting.ROOT_BINDS, "owner", "", true));
    }

    /**
     * Judges once more that a container has the ids of the host, for what is done with them without
     * it.
     *
     * @return what it has more than others
     */
    List<Grant> hostIds(Caller caller, ContainerSpec spec) {
        var asks = Ask.of(spec).stream().filter(ask -> ask.setting() == Setting.USERNS).toList();
        return permissions(caller).check(asks);
    }

    /**
     * Judges a further process in a container.
     *
     * @return what it has more than others
     */
    List<Grant> judge(Caller caller, Container container, Engine.ExecSpec exec) {
        boolean own = container.tenant().equals(caller.tenant());
        if (!own && !caller.isHostRoot()) {
            throw new EngineException.Denied(
                    "container " + container.id() + " is another tenant's");
        }
        TextRule.check(container.spec(), exec);
        try {
            var isolation = container.spec().isolation();
            capabilities(isolation, exec.privileged() || isolation.privileged());
        } catch (InvalidSpec e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
        var judged = own ? caller : Caller.of(container.tenant());
        return permissions(judged).check(Ask.of(container.spec(), exec));
    }

    private void capabilities(Isolation isolation, boolean privileged) throws InvalidSpec {
        Set<String> _ =
                Capabilities.of(
                        isolation.capAdd(), isolation.capDrop(), privileged, host.capabilities());
    }

    /** Judges a container's new limits. */
    Clamped<Resources> judge(Resources limits) {
        return new ResourceRule(host.resources()).judge(limits);
    }

    private static void userNamespace(String asked) {
        if (UserNamespaceMode.isOwn(asked) || asked.startsWith(Joins.PREFIX)) return;
        if (UserNamespaceMode.isHost(asked)) return;
        if (UserNamespaceMap.is(asked)) {
            UserNamespaceMap.parse(asked);
            return;
        }
        throw new EngineException.Invalid(
                "invalid user namespace mode: "
                        + TextRule.shown(asked)
                        + "; one of auto, auto:size=N, container:NAME, host, keep-id[:uid=N,gid=N], map=INSIDE:OUTSIDE:SIZE[,…], private");
    }

    private static void mode(String what, String asked, Set<String> built) {
        boolean joins = asked.startsWith(Joins.PREFIX) && JOINED.contains(what);
        if (built.contains(asked) || joins) {
            return;
        }
        if (asked.startsWith("container:") || asked.startsWith("ns:")) {
            throw new EngineException.NotImplemented(
                    what
                            + " mode "
                            + TextRule.shown(asked)
                            + " is not built yet: the container has its own "
                            + what);
        }
        throw new EngineException.Invalid(
                "invalid "
                        + what
                        + " mode: "
                        + TextRule.shown(asked)
                        + "; one of "
                        + String.join(
                                ", ", built.stream().filter(m -> !m.isEmpty()).sorted().toList()));
    }

    /** The engine's own CAP_SYS_RESOURCE is lent to host root only. */
    private Limited limited(Caller caller, ContainerSpec spec) throws InvalidSpec {
        var most = caller.isHostRoot() ? host.limits() : host.limits().forOrdinaryUsers();
        var limits = most.clamp(spec.rlimits());
        var oom = most.clampOomScoreAdj(spec.oomScoreAdj());
        var resources = judge(spec.resources());
        var warnings = new ArrayList<>(limits.warnings());
        var size = UserNamespaceMode.sizeWarning(spec.isolation().usernsMode());
        if (!size.isEmpty()) warnings.add(size);
        warnings.addAll(HostNamespaces.warnings(spec.isolation()));
        warnings.addAll(oom.warnings());
        warnings.addAll(spec.logOptions().warnings());
        warnings.addAll(resources.warnings());
        var clamped =
                spec.with(given -> {
                    given.rlimits = limits.value();
                    given.oomScoreAdj = oom.value();
                    given.resources = resources.value();
                });
        return new Limited(clamped, List.copyOf(warnings));
    }

    private record Limited(ContainerSpec spec, List<String> warnings) {}
}
