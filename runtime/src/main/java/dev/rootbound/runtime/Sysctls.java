package dev.rootbound.runtime;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which sysctls a container may set: those that belong to its own namespaces. */
public final class Sysctls {
    /** The IPC namespace's: ipc_namespaces(7). */
    private static final Set<String> IPC =
            Set.of(
                    "kernel.msgmax",
                    "kernel.msgmnb",
                    "kernel.msgmni",
                    "kernel.sem",
                    "kernel.shmall",
                    "kernel.shmmax",
                    "kernel.shmmni",
                    "kernel.shm_rmid_forced");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9 ._:,/-]{1,1024}");

    private Sysctls() {}

    /** Refuses the first that is not namespaced or cannot be a value; the message names it. */
    public static void check(Map<String, String> sysctls) throws InvalidSpec {
        for (var sysctl : sysctls.entrySet()) {
            checkName(sysctl.getKey());
            if (!VALUE.matcher(sysctl.getValue()).matches()) {
                throw new InvalidSpec(
                        "sysctl '"
                                + sysctl.getKey()
                                + "' has a value that is not numbers or words: '"
                                + sysctl.getValue().replaceAll("\\p{Cntrl}", "?")
                                + "'");
            }
        }
    }

    private static void checkName(String name) throws InvalidSpec {
        boolean namespaced =
                IPC.contains(name) || name.startsWith("fs.mqueue.") || name.startsWith("net.");
        if (!namespaced || !NAME.matcher(name).matches()) {
            throw new InvalidSpec(
                    "sysctl '"
                            + name.replaceAll("\\p{Cntrl}", "?")
                            + "' is not allowed: it is not in a namespace of the container (those"
                            + " of System V IPC, fs.mqueue and net are)");
        }
    }
}
