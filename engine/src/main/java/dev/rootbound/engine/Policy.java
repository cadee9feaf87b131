package dev.rootbound.engine;

import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.HostLimits.Clamped;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.SeccompProfile;
import dev.rootbound.runtime.Signals;
import dev.rootbound.runtime.Sysctls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The one place that decides whether a container, or a further process in it, may be as it is asked
 * to be, and for whom. It judges the complete spec, at create and again before each start (another
 * engine may have created it), so that no protocol and no field can go round it. What is not built
 * yet is refused here too: nothing dangerous is ever ignored.
 */
final class Policy {
    /** All tenants' mounts are counted together, /proc/sys/fs/mount-max. */
    private static final int MOST_BINDS = 128;

    /** What can be another container's. */
    private static final Set<String> JOINED = Set.of("network", "ipc", "pid");

    private static final Set<String> OWN = Set.of("", "private");
    private static final Set<String> NETWORKS = Set.of("", "default", "bridge", "none");
    private static final Set<String> IPC = Set.of("", "private", "shareable");

    private final Host host;

    Policy(Host host) {
        this.host = host;
    }

    /** What is asked for, corrected where that is harmless: a sentence for each correction. */
    record Judged(ContainerSpec spec, List<String> warnings) {}

    /** Judges a container, complete with its image's defaults. */
    Judged judge(Caller caller, ContainerSpec spec) {
        var isolation = spec.isolation();
        userNamespace(caller, isolation.usernsMode());
        mode("network", isolation.networkMode(), NETWORKS);
        mode("ipc", isolation.ipcMode(), IPC);
        mode("pid", isolation.pidMode(), OWN);
        mode("uts", isolation.utsMode(), OWN);
        mode("cgroup namespace", isolation.cgroupnsMode(), OWN);
        spec.tmpfs().forEach(TmpfsRule::check);
        spec.volumes().forEach(volume -> TargetRule.check("volume", volume.target()));
        spec.binds().forEach(bind -> TargetRule.check("bind", bind.target()));
        if (spec.binds().size() > MOST_BINDS) {
            throw new EngineException.Invalid(
                    spec.binds().size() + " bind mounts: " + MOST_BINDS + " are the most");
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
                SeccompProfile.toSpec(profile.json(), Set.of(), "amd64", host.kernel());
            }
            return limited(caller, spec);
        } catch (InvalidSpec e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Judges a further process in a container. Privileged, it has all capabilities in the
     * container's own user namespace: nothing on the host, so every caller may have it.
     */
    void judge(Caller caller, Container container, Engine.ExecSpec exec) {
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

    private static void userNamespace(Caller caller, String asked) {
        if (UserNamespaceMode.isOwn(asked) || asked.startsWith(Joins.PREFIX)) return;
        if (UserNamespaceMode.isHost(asked)) {
            if (caller.isHostRoot()) return;
            throw new EngineException.Denied(
                    "user namespace mode host: the container's root would be root on the host:"
                            + " only host root may have that");
        }
        if (UserNamespaceMap.is(asked)) {
            if (!caller.isHostRoot()) {
                throw new EngineException.Denied(
                        "user namespace mode "
                                + TextRule.shown(asked)
                                + ": only host root may choose host ids; without it the container"
                                + " has ids of its own");
            }
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
        if (asked.equals("host")
                || asked.startsWith("container:")
                || asked.startsWith("ns:")
                || (what.equals("ipc") && asked.equals("none"))) {
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
    private Judged limited(Caller caller, ContainerSpec spec) throws InvalidSpec {
        var most = caller.isHostRoot() ? host.limits() : host.limits().forOrdinaryUsers();
        var limits = most.clamp(spec.rlimits());
        var oom = most.clampOomScoreAdj(spec.oomScoreAdj());
        var resources = judge(spec.resources());
        var warnings = new ArrayList<>(limits.warnings());
        var size = UserNamespaceMode.sizeWarning(spec.isolation().usernsMode());
        if (!size.isEmpty()) warnings.add(size);
        warnings.addAll(oom.warnings());
        warnings.addAll(spec.logOptions().warnings());
        warnings.addAll(resources.warnings());
        var clamped =
                spec.with(given -> {
                    given.rlimits = limits.value();
                    given.oomScoreAdj = oom.value();
                    given.resources = resources.value();
                });
        return new Judged(clamped, List.copyOf(warnings));
    }
}
