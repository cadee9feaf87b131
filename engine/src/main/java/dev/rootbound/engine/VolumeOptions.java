package dev.rootbound.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a volume's files are, as the options of Docker's driver {@code local} say: {@code type},
 * {@code device} and {@code o}, which are mount(8)'s. What would have the engine mount a device or
 * a server for a user is refused.
 */
sealed interface VolumeOptions {
    /** In the engine's store. */
    record Stored() implements VolumeOptions {}

    /**
     * In memory, as long as a container that uses it runs.
     *
     * @param settings in the words of tmpfs(5), with owners as inside
     */
    record Memory(List<Setting> settings) implements VolumeOptions {}

    /** {@code name=value}. */
    record Setting(String name, String value) {}

    /**
     * A directory of the host.
     *
     * @param below whether what is mounted below it is shown too
     */
    record Directory(String path, boolean readOnly, boolean below) implements VolumeOptions {}

    /** What the tmpfs of a volume may be told. */
    Set<String> SETTINGS = Set.of("size", "mode", "uid", "gid", "nr_inodes");

    /** What every volume is, said or not. */
    Set<String> ALWAYS = Set.of("", "rw", "nosuid", "nodev", "private", "rprivate");

    int LARGEST_ID = 65_535;

    /** Throws {@link EngineException.Invalid} with the reason. */
    static VolumeOptions parse(Map<String, String> options) {
        for (var name : options.keySet()) {
            if (!Set.of("type", "device", "o").contains(name)) {
                throw invalid(
                        "invalid option: \"" + TextRule.shown(name) + "\"; one of type, device, o");
            }
        }
        if (options.isEmpty()) return new Stored();
        for (var needed : List.of("type", "device")) {
            if (options.getOrDefault(needed, "").isEmpty()) {
                throw invalid("missing required option: \"" + needed + "\"");
            }
        }
        var said = List.of(options.getOrDefault("o", "").split(","));
        var type = options.getOrDefault("type", "");
        return switch (type) {
            case "tmpfs" -> memory(said);
            case "none", "bind" -> directory(options.getOrDefault("device", ""), said);
            default ->
                    throw invalid(
                            "type "
                                    + TextRule.shown(type)
                                    + ": the engine mounts no device and no server for its users;"
                                    + " have it mounted on the host, and name the directory:"
                                    + " type=none,o=bind,device=DIRECTORY");
        };
    }

    private static Memory memory(List<String> said) {
        var settings = new ArrayList<Setting>();
        for (var option : said) {
            if (ALWAYS.contains(option)) continue;
            int equals = option.indexOf('=');
            var name = equals < 0 ? option : option.substring(0, equals);
            if (equals < 0 || !SETTINGS.contains(name)) {
                throw invalid(
                        "o="
                                + TextRule.shown(option)
                                + ": a tmpfs has size, mode, uid, gid and nr_inodes");
            }
            settings.add(checked(new Setting(name, option.substring(equals + 1))));
        }
        return new Memory(settings);
    }

    private static Setting checked(Setting setting) {
        boolean right =
                switch (setting.name()) {
                    case "mode" -> setting.value().matches("[0-7]{1,5}");
                    case "uid", "gid" ->
                            setting.value().matches("[0-9]{1,5}")
                                    && Integer.parseInt(setting.value()) <= LARGEST_ID;
                    default -> setting.value().matches("[0-9]{1,18}[kKmMgG]?|[0-9]{1,2}%|100%");
                };
        if (right) return setting;
        throw invalid(
                "o="
                        + setting.name()
                        + "="
                        + TextRule.shown(setting.value())
                        + ": a mode is octal, an id at most 65535, a size a number with k, m, g or %");
    }

    private static Directory directory(String path, List<String> said) {
        if (!path.startsWith("/")) {
            throw invalid(
                    "device "
                            + TextRule.shown(path)
                            + ": a directory of the host is an absolute path");
        }
        if (!said.contains("bind") && !said.contains("rbind")) {
            throw invalid("type=none needs o=bind, for a directory of the host");
        }
        for (var option : said) {
            boolean known =
                    ALWAYS.contains(option) || List.of("bind", "rbind", "ro").contains(option);
            if (!known)
                throw invalid(
                        "o=" + TextRule.shown(option) + ": a directory has bind, rbind, ro and rw");
        }
        var clean = java.nio.file.Path.of(path).normalize().toString();
        return new Directory(clean, said.contains("ro"), said.contains("rbind"));
    }

    private static EngineException.Invalid invalid(String message) {
        return new EngineException.Invalid(message);
    }
}
