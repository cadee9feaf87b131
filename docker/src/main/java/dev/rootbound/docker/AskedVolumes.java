package dev.rootbound.docker;

import dev.rootbound.engine.VolumeMount;
import dev.rootbound.engine.Volumes;
import java.util.ArrayList;
import java.util.List;

/**
 * The volumes of a request: {@code Volumes} ({@code -v /target}), {@code HostConfig.Binds} ({@code
 * -v name:/target[:options]}) and {@code HostConfig.Mounts} of type volume.
 */
final class AskedVolumes {
    private AskedVolumes() {}

    static List<VolumeMount> of(Fields config, Fields host) {
        var volumes = new ArrayList<VolumeMount>();
        for (var text : host.texts("Binds")) {
            var bind = BindText.parse(text);
            if (!bind.isPath()) volumes.add(bind(bind));
        }
        for (var mount : host.objects("Mounts")) {
            if (mount.text("Type").equals("volume")) volumes.add(mount(mount));
        }
        for (var target : config.object("Volumes").names()) {
            boolean named = volumes.stream().anyMatch(volume -> volume.target().equals(target));
            if (!named) volumes.add(VolumeMount.anonymous(target));
        }
        return volumes;
    }

    private static VolumeMount bind(BindText text) {
        if (text.source().isEmpty()) return VolumeMount.anonymous(text.target());
        boolean readOnly = false;
        boolean noCopy = false;
        for (var option : text.options()) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "nocopy" -> noCopy = true;
                case "rw", "z", "Z" -> {} // labels are for SELinux, which the daemon refuses
                default -> throw invalid("invalid mode: " + option);
            }
        }
        return VolumeMount.named(text.source(), text.target(), readOnly, noCopy);
    }

    private static VolumeMount mount(Fields mount) {
        var options = mount.object("VolumeOptions");
        var config = options.object("DriverConfig");
        driver(config.path("Name"), config.text("Name"));
        var making = new Volumes.Making(options.map("Labels"), config.map("Options"));
        var subpath = subpath(options);
        var target = absolute(mount.text("Target"), mount.path("Target"));
        boolean readOnly = mount.flag("ReadOnly");
        boolean noCopy = options.flag("NoCopy");
        var name = mount.text("Source");
        var volume = VolumeMount.named(name, target, readOnly, noCopy).with(making, subpath);
        return name.isEmpty() ? volume.withAnonymous() : volume;
    }

    private static String subpath(Fields options) {
        var path = options.text("Subpath");
        if (path.startsWith("/") || List.of(path.split("/")).contains("..")) {
            throw invalid(
                    options.path("Subpath")
                            + ": subpath must be a relative path within the volume");
        }
        return path;
    }

    static void driver(String field, String name) {
        if (!name.isEmpty() && !name.equals("local")) {
            throw new ApiException(
                    404, field + ": volume driver '" + name + "' not found: there is only local");
        }
    }

    private static String absolute(String target, String where) {
        if (target.startsWith("/")) return target;
        throw invalid(where + ": invalid mount path: '" + target + "' mount path must be absolute");
    }

    private static ApiException invalid(String message) {
        return new ApiException(400, message);
    }
}
