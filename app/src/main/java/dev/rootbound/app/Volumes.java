package dev.rootbound.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** {@code --volume}, {@code --mount}, {@code --tmpfs}, {@code --volumes-from}. */
final class Volumes {
    private final Arguments arguments;
    private final Path directory;
    private final Json.Members anonymous = new Json.Members();
    private final List<String> binds = new ArrayList<>();

    Volumes(Arguments arguments, Path directory) {
        this.arguments = arguments;
        this.directory = directory;
        for (String volume : arguments.all("volume")) add(volume);
    }

    private void add(String volume) {
        int colon = volume.indexOf(':');
        if (colon < 0) anonymous.with(volume, new Json.Members());
        else binds.add(absolute(volume.substring(0, colon)) + volume.substring(colon));
    }

    /** Only a source that begins with a dot is a path relative to here; others may be names. */
    private String absolute(String source) {
        boolean relative =
                source.equals(".")
                        || source.equals("..")
                        || source.startsWith("./")
                        || source.startsWith("../");
        return relative ? directory.resolve(source).normalize().toString() : source;
    }

    Optional<Json> anonymous() {
        return anonymous.map().isEmpty() ? Optional.empty() : Optional.of(anonymous);
    }

    void addTo(Json.Members host) {
        host.with("Binds", binds)
                .with("VolumeDriver", arguments.text("volume-driver"))
                .with("VolumesFrom", arguments.all("volumes-from"));
        var tmpfs = new LinkedHashMap<String, String>();
        for (String one : arguments.all("tmpfs")) {
            int colon = one.indexOf(':');
            tmpfs.put(
                    colon < 0 ? one : one.substring(0, colon),
                    colon < 0 ? "" : one.substring(colon + 1));
        }
        host.with("Tmpfs", tmpfs);
        var mounts = new ArrayList<Json>();
        for (String mount : arguments.all("mount")) mounts.add(mount(mount));
        if (!mounts.isEmpty()) host.with("Mounts", new Json.Array(mounts));
    }

    private Json mount(String text) {
        var mount = new MountOption();
        try {
            for (String field : text.split(",", -1)) {
                int equals = field.indexOf('=');
                if (equals >= 0) mount.set(field.substring(0, equals), field.substring(equals + 1));
                else if (MountOption.isSwitch(field)) mount.set(field, "true");
                else
                    throw new IllegalArgumentException(
                            "invalid field '" + field + "' must be a key=value pair");
            }
            return mount.json(this::absolute);
        } catch (IllegalArgumentException e) {
            throw arguments.invalid("mount", text, String.valueOf(e.getMessage()));
        }
    }
}
