package dev.rootbound.app;

import dev.rootbound.dockerfile.CheckInput;
import dev.rootbound.dockerfile.CheckSettings;
import dev.rootbound.dockerfile.Checks;
import dev.rootbound.dockerfile.Dockerfile;
import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.GlobalScope;
import dev.rootbound.dockerfile.Warning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Docker's build checks of a Dockerfile that is known before it is sent. */
final class BuildChecks {
    /** Lines shown before and after those that are meant. */
    private static final int AROUND = 2;

    private final Dockerfile file;
    private final BuildContext context;
    private final String text;
    private final Map<String, String> arguments;
    private final CheckSettings settings;

    /**
     * @param arguments of the build
     * @throws CliException if it is no Dockerfile; it shows where
     */
    BuildChecks(BuildContext context, String text, Map<String, String> arguments) {
        this.context = context;
        this.text = text;
        this.arguments = arguments;
        try {
            this.file = Dockerfile.parse(context.name(), text);
            this.settings = Checks.settings(file, arguments);
        } catch (DockerfileException e) {
            throw new CliException(1, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    1, "--build-arg " + Checks.ARGUMENT + ": " + String.valueOf(e.getMessage()));
        }
    }

    /** What is likely to be a mistake. */
    List<Warning> warnings(Images images, String platform, String target) {
        String host = "linux/" + architecture(System.getProperty("os.arch", ""));
        var predefined =
                GlobalScope.platforms(
                        host,
                        platform.isEmpty() ? host : platform,
                        target.isEmpty() ? "default" : target);
        return Checks.of(
                file, new CheckInput(arguments, predefined, images::find, context.ignore()));
    }

    /** What is known of base images. */
    interface Images {
        /** {@code null}: nothing is. */
        CheckInput.@Nullable BaseImage find(String reference);
    }

    private static String architecture(String java) {
        return java.equals("aarch64") ? "arm64" : java;
    }

    /** Where a warning fails the build. */
    void refuse(List<Warning> warnings) {
        if (warnings.isEmpty() || !settings.isError()) return;
        String rules =
                warnings.stream()
                        .map(warning -> warning.rule().toString())
                        .distinct()
                        .collect(Collectors.joining(", "));
        throw new CliException(
                1, "lint violation found for rules: " + rules + "\n" + shortList(warnings));
    }

    /** As at a build's end; empty if there are none. */
    static String summary(List<Warning> warnings) {
        if (warnings.isEmpty()) return "";
        String found = warnings.size() == 1 ? "1 warning" : warnings.size() + " warnings";
        return "\n " + found + " found (--check shows more):\n" + shortList(warnings);
    }

    private static String shortList(List<Warning> warnings) {
        return warnings.stream()
                .map(warning -> " - " + warning + "\n")
                .collect(Collectors.joining());
    }

    /** As {@code --check} prints it. */
    String report(List<Warning> warnings) {
        if (warnings.isEmpty()) return "Check complete, no warnings found.\n";
        var report = new StringBuilder("Check complete, ");
        report.append(
                warnings.size() == 1
                        ? "1 warning has been found!\n"
                        : warnings.size() + " warnings have been found!\n");
        for (var warning : warnings) {
            report.append("\nWARNING: ").append(warning.rule());
            report.append(" - ").append(warning.rule().url()).append('\n');
            report.append(warning.message()).append('\n');
            lines(report, warning);
        }
        return report.toString();
    }

    private void lines(StringBuilder report, Warning warning) {
        String[] lines = text.stripTrailing().split("\\r?\\n", -1);
        var location = warning.location();
        report.append(context.name()).append(':').append(location.line()).append('\n');
        report.append("-".repeat(20)).append('\n');
        int first = Math.max(1, location.line() - AROUND);
        int last = Math.min(lines.length, location.lastLine() + AROUND);
        for (int number = first; number <= last; number++) {
            boolean meant = number >= location.line() && number <= location.lastLine();
            report.append(" %3d | %s ".formatted(number, meant ? ">>>" : "   "));
            report.append(lines[number - 1]).append('\n');
        }
        report.append("-".repeat(20)).append('\n');
    }

    /** As {@code --call=targets} prints it: the stages that have names, and the last. */
    String targets() {
        var descriptions = new LinkedHashMap<String, String>();
        for (var stage : file.stages()) {
            String name = stage.name();
            if (name != null)
                descriptions.put(name, description(name, stage.from().source().comments()));
        }
        var last = file.stages().getLast();
        String name = last.name();
        String described = name == null ? "" : descriptions.getOrDefault(name, "");
        if (name != null) descriptions.remove(name);
        descriptions.put(name == null ? "(default)" : name + " (default)", described);
        var table = new Table(List.of("TARGET", "DESCRIPTION"));
        descriptions.forEach((target, what) -> table.add(List.of(target, what)));
        return table.toString();
    }

    /** {@code # NAME what it is}, right above its FROM. */
    private static String description(String name, List<String> comments) {
        for (String comment : comments) {
            String stripped = comment.strip();
            if (stripped.toLowerCase(java.util.Locale.ROOT).startsWith(name + " "))
                return stripped.substring(name.length() + 1).strip();
        }
        return "";
    }
}
