package dev.rootbound.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What separates a container from the host, as asked; {@link Policy} judges it. Namespace modes are
 * Docker's words: {@code ""} (the engine's default), {@code private}, {@code host}, {@code
 * container:ID}, {@code none}, {@code shareable}.
 *
 * @param capAdd names with or without {@code CAP_}, or {@code ALL}
 * @param maskedPaths {@code null}: the engine's default list
 * @param readonlyPaths {@code null}: the engine's default list
 * @param devices of the host; {@code null} in state files of engines that had none
 * @param rootRefused the rule by which the first process and all others may not have uid 0 inside;
 *     empty: they may. Filled in by {@link Policy}, and {@code null} as {@code devices}
 * @param setIdsRefused the rule by which no process may make set-user-ID and set-group-ID files; as
 *     {@code rootRefused}
 */
public record Isolation(
        boolean privileged,
        List<String> capAdd,
        List<String> capDrop,
        boolean noNewPrivileges,
        Seccomp seccomp,
        String usernsMode,
        String networkMode,
        String ipcMode,
        String pidMode,
        String utsMode,
        String cgroupnsMode,
        Map<String, String> sysctls,
        @Nullable List<String> maskedPaths,
        @Nullable List<String> readonlyPaths,
        List<HostDevice> devices,
        String rootRefused,
        String setIdsRefused) {

    private static final String ALL = "ALL";

    /** Docker's defaults, which are the engine's. */
    public static final Isolation DEFAULT =
            new Isolation(
                    false,
                    List.of(),
                    List.of(),
                    false,
                    new Seccomp.Default(),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    Map.of(),
                    null,
                    null,
                    List.of(),
                    "",
                    "");

    public Isolation {
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        sysctls = Map.copyOf(sysctls);
        maskedPaths = maskedPaths == null ? null : List.copyOf(maskedPaths);
        readonlyPaths = readonlyPaths == null ? null : List.copyOf(readonlyPaths);
        devices = devices == null ? List.of() : List.copyOf(devices);
        rootRefused = rootRefused == null ? "" : rootRefused;
        setIdsRefused = setIdsRefused == null ? "" : setIdsRefused;
    }

    /** Whether nobody has said which network: it is the tenant's own. */
    public boolean hasDefaultNetwork() {
        return networkMode.isEmpty() || networkMode.equals("default");
    }

    /** As the policy has it for who may not have all that it gives. */
    Isolation narrowed(
            boolean noGain, boolean dropAll, String rootRefusedBy, String setIdsRefusedBy) {
        var drop = new ArrayList<>(capDrop);
        if (dropAll && !drop.contains(ALL)) drop.add(ALL);
        return with(
                drop,
                noNewPrivileges || noGain,
                usernsMode,
                networkMode,
                ipcMode,
                pidMode,
                rootRefusedBy,
                setIdsRefusedBy);
    }

    /** With other modes of the four namespaces that can be another container's. */
    Isolation withJoins(UnaryOperator<String> mode) {
        return withModes(
                mode.apply(usernsMode),
                mode.apply(networkMode),
                mode.apply(ipcMode),
                mode.apply(pidMode));
    }

    Isolation withModes(String userns, String network, String ipc, String pid) {
        return with(
                capDrop, noNewPrivileges, userns, network, ipc, pid, rootRefused, setIdsRefused);
    }

    Isolation withUserns(String mode) {
        return withModes(mode, networkMode, ipcMode, pidMode);
    }

    /** With another network mode. */
    public Isolation withNetwork(String mode) {
        return withModes(usernsMode, mode, ipcMode, pidMode);
    }

    private Isolation with(
            List<String> drop,
            boolean noGain,
            String userns,
            String network,
            String ipc,
            String pid,
            String refused,
            String setIds) {
        return new Isolation(
                privileged,
                capAdd,
                drop,
                noGain,
                seccomp,
                userns,
                network,
                ipc,
                pid,
                utsMode,
                cgroupnsMode,
                sysctls,
                maskedPaths,
                readonlyPaths,
                devices,
                refused,
                setIds);
    }

    /** Which system calls the container may make. */
    public sealed interface Seccomp {
        /** The engine's own profile; with privileged it is {@link Unconfined}, as in Docker. */
        record Default() implements Seccomp {}

        /** No filter. */
        record Unconfined() implements Seccomp {}

        /** A profile in Docker's JSON format. */
        record Profile(String json) implements Seccomp {}
    }
}
