package dev.rootbound.docker;

import dev.rootbound.engine.HostDevice;
import dev.rootbound.engine.Isolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Docker's HostConfig says about isolation, its SecurityOpt strings taken apart. */
final class AskedIsolation {
    private boolean noNewPrivileges;
    private boolean bareSystemPaths;
    private Isolation.Seccomp seccomp = new Isolation.Seccomp.Default();

    private AskedIsolation() {}

    /**
     * @param network Docker's word for the mode
     */
    static Isolation of(Fields host, String network) {
        var asked = new AskedIsolation();
        host.texts("SecurityOpt").forEach(asked::option);
        return new Isolation(
                host.flag("Privileged"),
                host.texts("CapAdd"),
                host.texts("CapDrop"),
                asked.noNewPrivileges,
                asked.seccomp,
                host.text("UsernsMode"),
                network,
                host.text("IpcMode"),
                host.text("PidMode"),
                host.text("UTSMode"),
                host.text("CgroupnsMode"),
                host.map("Sysctls"),
                asked.paths(host.textsOrNull("MaskedPaths")),
                asked.paths(host.textsOrNull("ReadonlyPaths")),
                devices(host),
                "",
                "");
    }

    private static List<HostDevice> devices(Fields host) {
        var devices = new ArrayList<HostDevice>();
        for (var device : host.objects("Devices")) {
            var source = device.text("PathOnHost");
            var target = device.text("PathInContainer");
            var access = device.text("CgroupPermissions");
            devices.add(
                    new HostDevice(
                            source,
                            target.isEmpty() ? source : target,
                            access.isEmpty() ? "rwm" : access));
        }
        return devices;
    }

    private @Nullable List<String> paths(@Nullable List<String> asked) {
        return bareSystemPaths ? List.of() : asked;
    }

    /** {@code NAME}, {@code NAME=VALUE} or, the old way, {@code NAME:VALUE}. */
    private void option(String option) {
        var parts = option.split(option.contains("=") ? "=" : ":", 2);
        var value = parts.length > 1 ? parts[1] : "";
        switch (parts[0]) {
            case "no-new-privileges" -> noNewPrivileges = noNewPrivileges(option, value);
            case "seccomp" -> seccomp = seccomp(value);
            case "systempaths" -> bareSystemPaths = systemPaths(option, value);
            case "label" -> label(option, value);
            case "apparmor" -> appArmor(value);
            default -> throw wrong(option);
        }
    }

    private static boolean noNewPrivileges(String option, String value) {
        return switch (value) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw wrong(option);
        };
    }

    private static Isolation.Seccomp seccomp(String value) {
        return switch (value) {
            case "unconfined" -> new Isolation.Seccomp.Unconfined();
            case "builtin" -> new Isolation.Seccomp.Default();
            default -> {
                if (!Json.parse(value).isObject()) {
                    throw new ApiException(
                            400, "HostConfig.SecurityOpt: the seccomp profile is no JSON object");
                }
                yield new Isolation.Seccomp.Profile(value);
            }
        };
    }

    private static boolean systemPaths(String option, String value) {
        if (!value.equals("unconfined")) {
            throw wrong(option);
        }
        return true;
    }

    private static void label(String option, String value) {
        if (!value.equals("disable")) {
            throw new ApiException(
                    501,
                    "HostConfig.SecurityOpt: " + option + ": SELinux labels are not built yet");
        }
    }

    private static void appArmor(String value) {
        if (!value.equals("unconfined")) {
            throw new ApiException(
                    501,
                    "HostConfig.SecurityOpt: apparmor="
                            + value
                            + ": AppArmor profiles are not built yet; containers run unconfined by"
                            + " it");
        }
    }

    private static ApiException wrong(String option) {
        return new ApiException(
                400, "HostConfig.SecurityOpt: invalid --security-opt: \"" + option + "\"");
    }
}
