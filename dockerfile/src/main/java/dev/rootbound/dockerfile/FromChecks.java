package dev.rootbound.dockerfile;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of the words of FROM: images and platforms, and the arguments in them. */
final class FromChecks {
    private static final String TARGET = "TARGETPLATFORM";
    private static final Set<String> SYSTEMS =
            Set.of("linux", "windows", "darwin", "freebsd", "wasip1", "js");
    private static final Map<String, String> ARCHITECTURES =
            Map.of(
                    "x86_64", "amd64",
                    "x86-64", "amd64",
                    "aarch64", "arm64",
                    "armhf", "arm",
                    "armel", "arm",
                    "i386", "386");

    private final Dockerfile file;
    private final CheckInput input;
    private final List<Warning> warnings;
    private final Suggestions suggestions = new Suggestions();

    FromChecks(Dockerfile file, CheckInput input, List<Warning> warnings) {
        this.file = file;
        this.input = input;
        this.warnings = warnings;
    }

    void run() {
        try {
            defaults(GlobalScope.of(file, Map.of(), input.predefined()));
            var globals = GlobalScope.of(file, input.arguments(), input.predefined());
            for (var stage : file.stages()) arguments(stage, globals);
        } catch (DockerfileException _) {
            // the build itself says it
        }
    }

    private void defaults(GlobalScope globals) throws DockerfileException {
        for (var stage : file.stages()) {
            var from = stage.from();
            var image = new Words(from.source(), globals).expand(from.image());
            if (!ImageName.isValid(image))
                warn(
                        Rule.INVALID_DEFAULT_ARG_IN_FROM,
                        from,
                        "Default value for ARG "
                                + from.image()
                                + " results in empty or invalid base image name");
        }
    }

    private void arguments(Stage stage, GlobalScope globals) throws DockerfileException {
        var from = stage.from();
        expand(from, from.image(), globals, new LinkedHashSet<>());
        var platform = from.platform();
        if (platform == null) return;
        var used = new LinkedHashSet<String>();
        var expanded = expand(from, platform, globals, used);
        if (used.equals(Set.of(TARGET)) && expanded.equals(globals.value(TARGET)))
            warn(
                    Rule.REDUNDANT_TARGET_PLATFORM,
                    from,
                    "Setting platform to predefined "
                            + platform
                            + " in FROM is redundant as this is the default behavior");
        if (used.isEmpty() && isPlatform(expanded) && !isNamed(stage, expanded))
            warn(
                    Rule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    from,
                    "FROM --platform flag should not use constant value \"" + expanded + "\"");
    }

    private static @Nullable String found(GlobalScope globals, String name, Set<String> used) {
        used.add(name);
        return globals.value(name);
    }

    private String expand(From from, String word, GlobalScope globals, Set<String> used)
            throws DockerfileException {
        var undefined = new LinkedHashSet<String>();
        Variables variables = name -> found(globals, name, used);
        var expanded = new Words(from.source(), variables.recording(undefined)).expand(word);
        for (var name : undefined)
            if (!globals.names().contains(name))
                warn(
                        Rule.UNDEFINED_ARG_IN_FROM,
                        from,
                        "FROM argument '"
                                + name
                                + "' is not declared"
                                + suggestions.meant("", name, globals::names));
        return expanded;
    }

    /** Whether the stage's name says that it is for that platform. */
    private static boolean isNamed(Stage stage, String platform) {
        var name = stage.name();
        if (name == null) return false;
        var parts = Names.lower(platform).split("/", -1);
        boolean one = parts.length == 1;
        boolean systemAlone = one && SYSTEMS.contains(parts[0]);
        var system = one && !systemAlone ? "linux" : parts[0];
        var machine = systemAlone ? "amd64" : parts[one ? 0 : 1];
        return name.contains(system) || name.contains(ARCHITECTURES.getOrDefault(machine, machine));
    }

    private static boolean isPlatform(String text) {
        return text.length() < 100 && text.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,2}");
    }

    private void warn(Rule rule, From from, String message) {
        warnings.add(new Warning(rule, from.location(), message));
    }
}
