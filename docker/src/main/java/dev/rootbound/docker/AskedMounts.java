package dev.rootbound.docker;

import dev.rootbound.engine.ContainerSpec;
import java.util.ArrayList;
import java.util.List;

/** {@code HostConfig.Mounts}, what {@code --mount} becomes, of type tmpfs. */
final class AskedMounts {
    private AskedMounts() {}

    static List<ContainerSpec.Tmpfs> tmpfs(Fields host) {
        return host.objects("Mounts").stream()
                .filter(mount -> !List.of("volume", "bind").contains(mount.text("Type")))
                .map(AskedMounts::one)
                .toList();
    }

    private static ContainerSpec.Tmpfs one(Fields mount) {
        var type = mount.text("Type");
        if (!type.equals("tmpfs")) {
            throw new ApiException(
                    501, mount.path("Type") + ": " + type + ": " + DockerFields.MOUNTS);
        }
        if (!mount.text("Source").isEmpty()) {
            throw new ApiException(400, mount.path("Source") + ": a tmpfs has none");
        }
        var target = mount.text("Target");
        if (!target.startsWith("/")) {
            throw new ApiException(
                    400, mount.path("Target") + ": '" + target + "' must be an absolute path");
        }
        return new ContainerSpec.Tmpfs(target, options(mount));
    }

    /** As {@code --tmpfs} has them. */
    private static String options(Fields mount) {
        var asked = mount.object("TmpfsOptions");
        if (asked.isSet("Options")) {
            throw new ApiException(501, asked.path("Options") + ": not built yet");
        }
        var options = new ArrayList<String>();
        if (mount.flag("ReadOnly")) {
            options.add("ro");
        }
        long size = asked.number("SizeBytes", 0, Long.MAX_VALUE);
        if (size > 0) {
            options.add("size=" + size);
        }
        long mode = asked.number("Mode", 0, 07777);
        if (mode > 0) {
            options.add("mode=" + Long.toOctalString(mode));
        }
        return String.join(",", options);
    }
}
