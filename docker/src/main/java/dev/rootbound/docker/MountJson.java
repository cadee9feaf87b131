package dev.rootbound.docker;

import dev.rootbound.engine.BindMount;
import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.VolumeMount;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Docker's MountPoints of a container. */
final class MountJson {
    private MountJson() {}

    static ArrayNode of(Container container) {
        var mounts = JsonNodeFactory.instance.arrayNode();
        container.spec().binds().forEach(bind -> mounts.add(bind(bind)));
        container.spec().volumes().forEach(volume -> mounts.add(volume(volume)));
        container.spec().tmpfs().forEach(tmpfs -> mounts.add(tmpfs(tmpfs)));
        return mounts;
    }

    private static ObjectNode bind(BindMount bind) {
        return Json.object()
                .put("Type", "bind")
                .put("Source", bind.source())
                .put("Destination", bind.target())
                .put("Mode", bind.readOnly() ? "ro" : "")
                .put("RW", !bind.readOnly())
                .put("Propagation", "rprivate");
    }

    private static ObjectNode volume(VolumeMount mount) {
        return Json.object()
                .put("Type", "volume")
                .put("Name", mount.volume())
                .put("Source", mount.source())
                .put("Destination", mount.target())
                .put("Driver", "local")
                .put("Mode", "")
                .put("RW", !mount.readOnly())
                .put("Propagation", "");
    }

    private static ObjectNode tmpfs(ContainerSpec.Tmpfs tmpfs) {
        return Json.object()
                .put("Type", "tmpfs")
                .put("Source", "")
                .put("Destination", tmpfs.target())
                .put("Mode", "")
                .put("RW", true)
                .put("Propagation", "");
    }
}
