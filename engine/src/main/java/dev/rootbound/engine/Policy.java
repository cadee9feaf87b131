package dev.rootbound.engine;

import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.SeccompProfile;
import dev.rootbound.runtime.Signals;
import dev.rootbound.runtime.Sysctls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The one place that decides whether a container may be as it is asked to be. It judges the
 * complete spec, so that no protocol and no field can go round it. What is not built yet is refused
 * here too: nothing dangerous is ever ignored.
 */
final class Policy {
    private static final Set<String> OWN = Set.of("", "private");
    private static final Set<String> NETWORKS = Set.of("", "default", "bridge", "none");
    private static final Set<String> IPC = Set.of("", "private", "shareable");
    private static final Set<String> USERNS = Set.of("", "auto", "private");

    private final Host host;

    Policy(Host host) {
        this.host = host;
    }

    /** What is asked for, corrected where that is harmless: a sentence for each correction. */
    record Judged(ContainerSpec spec, List<String> warnings) {}

    Judged judge(ContainerSpec spec) {
        var isolation = spec.isolation();
        mode("user namespace", isolation.usernsMode(), USERNS);
        mode("network", isolation.networkMode(), NETWORKS);
        mode("ipc", isolation.ipcMode(), IPC);
        mode("pid", isolation.pidMode(), OWN);
        mode("uts", isolation.utsMode(), OWN);
        mode("cgroup namespace", isolation.cgroupnsMode(), OWN);
        spec.tmpfs().forEach(TmpfsRule::check);
        try {
            Sysctls.check(isolation.sysctls());
            Capabilities.of(
                    isolation.capAdd(),
                    isolation.capDrop(),
                    isolation.privileged(),
                    host.capabilities());
            if (spec.stopSignal() != null) {
                Signals.number(spec.stopSignal());
            }
            if (isolation.seccomp() instanceof Isolation.Seccomp.Profile profile) {
                SeccompProfile.toSpec(profile.json(), Set.of(), "amd64", host.kernel());
            }
            return limited(spec);
        } catch (InvalidSpec e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    private static void mode(String what, String asked, Set<String> built) {
        if (built.contains(asked)) {
            return;
        }
        if (asked.equals("host") && what.equals("user namespace")) {
            throw new EngineException.Denied(
                    "user namespace mode host: the container's root would be root on the host; this engine does not grant it");
        }
        if (asked.equals("host")
                || asked.startsWith("container:")
                || asked.startsWith("ns:")
                || (what.equals("ipc") && asked.equals("none"))) {
            throw new EngineException.NotImplemented(
                    what
                            + " mode "
                            + asked
                            + " is not built yet: the container has its own "
                            + what);
        }
        throw new EngineException.Invalid(
                "invalid "
                        + what
                        + " mode: "
                        + asked
                        + "; one of "
                        + String.join(
                                ", ", built.stream().filter(m -> !m.isEmpty()).sorted().toList()));
    }

    private Judged limited(ContainerSpec spec) throws InvalidSpec {
        var limits = host.limits().clamp(spec.rlimits());
        var oom = host.limits().clampOomScoreAdj(spec.oomScoreAdj());
        var warnings = new ArrayList<>(limits.warnings());
        warnings.addAll(oom.warnings());
        var clamped =
                new ContainerSpec(
                        spec.image(),
                        spec.entrypoint(),
                        spec.cmd(),
                        spec.env(),
                        spec.user(),
                        spec.workingDir(),
                        spec.hostname(),
                        spec.domainname(),
                        spec.terminal(),
                        spec.stdin(),
                        spec.stdinOnce(),
                        spec.labels(),
                        spec.stopSignal(),
                        spec.stopTimeout(),
                        spec.autoRemove(),
                        spec.init(),
                        spec.readOnlyRoot(),
                        spec.shmSize(),
                        spec.tmpfs(),
                        spec.groupAdd(),
                        spec.isolation(),
                        spec.resources(),
                        limits.value(),
                        oom.value(),
                        spec.logDriver(),
                        spec.origin());
        return new Judged(clamped, List.copyOf(warnings));
    }
}
