package dev.rootbound.docker;

import dev.rootbound.engine.BindMount;
import dev.rootbound.rootfs.HostMounts.Access;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bind mounts of a request: {@code HostConfig.Binds} ({@code -v /source:/target[:options]}) and
 * {@code HostConfig.Mounts} of type bind.
 */
final class AskedBinds {
    private static final String MOUNT = "invalid mount config for type \"bind\": ";

    private AskedBinds() {}

    static List<BindMount> of(Fields host) {
        var binds = new ArrayList<BindMount>();
        for (var text : host.texts("Binds")) {
            var bind = BindText.parse(text);
            if (bind.isPath()) binds.add(bind(bind));
        }
        for (var mount : host.objects("Mounts")) {
            if (mount.text("Type").equals("bind")) binds.add(mount(mount));
        }
        return binds;
    }

    private static BindMount bind(BindText text) {
        var access = Access.ALL;
        for (var option : text.options()) {
            switch (option) {
                case "ro", "rro" -> access = Access.NOTHING; // what is mounted below, too
                case "rw", "idmap" -> {} // every bind mount is
                case "z", "Z" -> {} // labels are for SELinux, which the daemon refuses
                case "consistent", "cached", "delegated", "default" -> {} // for Docker Desktop
                default -> propagation(text.text(), option);
            }
        }
        return BindMount.of(clean(text.source()), text.target(), access);
    }

    private static void propagation(String where, String propagation) {
        switch (propagation) {
            case "", "private", "rprivate" -> {}
            case "shared", "rshared", "slave", "rslave" ->
                    throw new ApiException(
                            403,
                            where
                                    + ": propagation "
                                    + propagation
                                    + " would show the container what is mounted later, with the"
                                    + " host's own ids; it is rprivate");
            default -> throw new ApiException(400, "invalid mode: " + propagation);
        }
    }

    private static BindMount mount(Fields mount) {
        var source = mount.text("Source");
        if (source.isEmpty()) throw invalid("field Source must not be empty");
        var target = mount.text("Target");
        if (target.isEmpty()) throw invalid("field Target must not be empty");
        for (var path : List.of(source, target)) {
            if (!path.startsWith("/")) {
                throw invalid("invalid mount path: '" + path + "' mount path must be absolute");
            }
        }
        var options = mount.object("BindOptions");
        propagation(mount.path("BindOptions.Propagation"), options.text("Propagation"));
        return new BindMount(
                clean(source),
                target,
                access(mount, options),
                !options.flag("NonRecursive"),
                options.flag("CreateMountpoint"),
                owner(options.object("IDMapping")),
                null,
                null);
    }

    private static Access access(Fields mount, Fields options) {
        if (!mount.flag("ReadOnly")) return Access.ALL;
        return options.flag("ReadOnlyNonRecursive") ? Access.BELOW : Access.NOTHING;
    }

    /** As proposed for Docker's API. */
    private static BindMount.Owner owner(Fields mapping) {
        var user = mapping.text("User");
        return switch (mapping.text("Source")) {
            case "", "match-user" -> new BindMount.Owner(false, user);
            case "userns" -> BindMount.Owner.BLOCK;
            default ->
                    throw new ApiException(
                            400, mapping.path("Source") + ": it is match-user or userns");
        };
    }

    /** As Go's filepath.Clean: by its text, without a look at links. */
    private static String clean(String path) {
        return Path.of(path).normalize().toString();
    }

    private static ApiException invalid(String message) {
        return new ApiException(400, MOUNT + message);
    }
}
