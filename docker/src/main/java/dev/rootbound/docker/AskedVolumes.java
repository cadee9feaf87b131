package dev.rootbound.docker;

import dev.rootbound.engine.VolumeMount;
import dev.rootbound.engine.Volumes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
        var mounted = targets(host);
        for (var target : config.object("Volumes").names()) {
            if (mounted.add(clean(target))) volumes.add(VolumeMount.anonymous(target));
        }
        return volumes;
    }

    /** Of all mounts: Compose 1 names the targets of these among {@code Volumes}, too. */
    private static Set<String> targets(Fields host) {
        var targets = new HashSet<String>();
        for (var text : host.texts("Binds")) targets.add(clean(BindText.parse(text).target()));
        for (var mount : host.objects("Mounts")) targets.add(clean(mount.text("Target")));
        for (var target : host.map("Tmpfs").keySet()) targets.add(clean(target));
        return targets;
    }

    /** As Go's filepath.Clean. */
    private static String clean(String target) {
        return Path.of(target).normalize().toString();
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
