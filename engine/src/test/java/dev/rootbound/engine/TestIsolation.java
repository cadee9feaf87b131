package dev.rootbound.engine;

import java.util.List;
import java.util.Map;

/** Isolations that differ from Docker's default in one thing. */
final class TestIsolation {
    private TestIsolation() {}

    static Isolation with(Isolation.Seccomp seccomp) {
        return isolation(false, seccomp, new String[6], Map.of(), List.of());
    }

    static Isolation privileged() {
        return isolation(true, new Isolation.Seccomp.Default(), new String[6], Map.of(), List.of());
    }

    /** The modes in the order of the record: userns, network, ipc, pid, uts, cgroupns. */
    static Isolation mode(int which, String mode) {
        var modes = new String[6];
        modes[which] = mode;
        return isolation(false, new Isolation.Seccomp.Default(), modes, Map.of(), List.of());
    }

    static Isolation sysctls(Map<String, String> sysctls) {
        return isolation(false, new Isolation.Seccomp.Default(), new String[6], sysctls, List.of());
    }

    static Isolation devices(HostDevice... devices) {
        return isolation(
                false, new Isolation.Seccomp.Default(), new String[6], Map.of(), List.of(devices));
    }

    private static Isolation isolation(
            boolean privileged,
            Isolation.Seccomp seccomp,
            String[] modes,
            Map<String, String> sysctls,
            List<HostDevice> devices) {
        for (int i = 0; i < modes.length; i++) {
            modes[i] = modes[i] == null ? "" : modes[i];
        }
        return new Isolation(
                privileged,
                List.of(),
                List.of(),
                false,
                seccomp,
                modes[0],
                modes[1],
                modes[2],
                modes[3],
                modes[4],
                modes[5],
                sysctls,
                null,
                null,
                devices,
                "",
                "");
    }
}
