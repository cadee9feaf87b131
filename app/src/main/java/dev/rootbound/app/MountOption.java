package dev.rootbound.app;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One {@code --mount key=value,…}. Methods throw IllegalArgumentException with the reason. */
final class MountOption {
    private final Json.Members mount = new Json.Members();
    private final Json.Members bind = new Json.Members();
    private final Json.Members idmap = new Json.Members();
    private final Json.Members volume = new Json.Members();
    private final Json.Members tmpfs = new Json.Members();
    private final Json.Members driver = new Json.Members();
    private final Map<String, String> driverOptions = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();

    static boolean isSwitch(String field) {
        return switch (field.toLowerCase(Locale.ROOT)) {
            case "readonly", "ro", "volume-nocopy", "bind-nonrecursive" -> true;
            default -> false;
        };
    }

    void set(String key, String value) {
        switch (key.toLowerCase(Locale.ROOT)) {
            case "type" -> mount.with("Type", value.toLowerCase(Locale.ROOT));
            case "source", "src" -> mount.with("Source", value);
            case "target", "dst", "destination" -> mount.with("Target", value);
            case "readonly", "ro" -> mount.with("ReadOnly", truth(key, value));
            case "consistency" -> mount.with("Consistency", value);
            case "bind-propagation" -> bind.with("Propagation", value);
            case "bind-nonrecursive" -> bind.with("NonRecursive", truth(key, value));
            case "bind-recursive" -> recursive(value);
            case "bind-idmap" -> idmap.with("Source", value);
            case "bind-idmap-user" -> idmap.with("User", value);
            case "volume-nocopy" -> volume.with("NoCopy", truth(key, value));
            case "volume-subpath" -> volume.with("Subpath", value);
            case "volume-label" -> KeyValueFile.put(labels, value);
            case "volume-driver" -> driver.with("Name", value);
            case "volume-opt" -> KeyValueFile.put(driverOptions, value);
            case "tmpfs-size" -> tmpfs.with("SizeBytes", ByteSize.parse(value));
            case "tmpfs-mode" -> tmpfs.with("Mode", octal(value));
            default -> throw new IllegalArgumentException("unknown option '" + key + "'");
        }
    }

    /** Docker's words for what is mounted below a source. */
    private void recursive(String value) {
        switch (value) {
            case "enabled" -> {}
            case "disabled" -> bind.with("NonRecursive", true);
            case "writable" -> bind.with("ReadOnlyNonRecursive", true);
            case "readonly" -> bind.with("ReadOnlyForceRecursive", true);
            default ->
                    throw new IllegalArgumentException(
                            "invalid value for bind-recursive: "
                                    + value
                                    + " (must be \"enabled\", \"disabled\", \"writable\", or"
                                    + " \"readonly\")");
        }
    }

    private static boolean truth(String key, String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                    throw new IllegalArgumentException("invalid value for " + key + ": " + value);
        };
    }

    private static long octal(String value) {
        try {
            return Long.parseLong(value, 8);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid value for tmpfs-mode: " + value, e);
        }
    }

    Json json(UnaryOperator<String> absolute) {
        if (mount.text("Type").isEmpty()) mount.with("Type", "volume");
        if (mount.text("Target").isEmpty())
            throw new IllegalArgumentException("target is required");
        if (mount.text("Type").equals("bind"))
            mount.with("Source", absolute.apply(mount.text("Source")));
        driver.with("Options", driverOptions);
        volume.with("Labels", labels);
        addUnlessEmpty(volume, "DriverConfig", driver);
        addUnlessEmpty(bind, "IDMapping", idmap);
        addUnlessEmpty(mount, "BindOptions", bind);
        addUnlessEmpty(mount, "VolumeOptions", volume);
        addUnlessEmpty(mount, "TmpfsOptions", tmpfs);
        return mount;
    }

    private static void addUnlessEmpty(Json.Members to, String name, Json.Members part) {
        if (!part.map().isEmpty()) to.with(name, part);
    }
}
