package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Docker's build checks ({@code docker build --check}): what is legal in a Dockerfile and yet most
 * likely not meant. All stages are looked at. {@code # check=} directives count, also right above
 * an instruction.
 */
public final class Checks {
    /** The build argument that takes the place of the file's {@code # check=}. */
    public static final String ARGUMENT = "BUILDKIT_DOCKERFILE_CHECK";

    private static final String DIRECTIVE = "check=";
    private static final Set<String> RESERVED = Set.of("context", "scratch");

    private final Dockerfile file;
    private final List<Warning> warnings;

    private Checks(Dockerfile file) {
        this.file = file;
        this.warnings = new ArrayList<>(file.warnings());
    }

    /** What is found, in the order of lines. */
    public static List<Warning> of(Dockerfile file, CheckInput input) {
        var checks = new Checks(file);
        checks.stageNames();
        checks.casing();
        new FromChecks(file, input, checks.warnings).run();
        new StageChecks(file, input, checks.warnings).run();
        var settings = settings(file, input.arguments());
        var own = checks.ownSettings();
        return checks.warnings.stream()
                .filter(warning ->
                        settings.and(
                                        own.getOrDefault(
                                                warning.location().line(), CheckSettings.DEFAULT))
                                .looksAt(warning.rule()))
                .sorted(Comparator.comparingInt(warning -> warning.location().line()))
                .toList();
    }

    /**
     * What the build or the file says of checks.
     *
     * @throws IllegalArgumentException if the build's argument is malformed
     */
    public static CheckSettings settings(Dockerfile file, Map<String, String> arguments) {
        var given = arguments.get(ARGUMENT);
        return given == null ? file.directives().check() : CheckSettings.parse(given);
    }

    /** Of lines whose instruction has settings of its own in the comments above it. */
    private Map<Integer, CheckSettings> ownSettings() {
        var settings = new HashMap<Integer, CheckSettings>();
        file.arguments().forEach(arg -> addSettings(arg, settings));
        for (var stage : file.stages()) {
            addSettings(stage.from(), settings);
            stage.instructions().forEach(instruction -> addSettings(instruction, settings));
        }
        return settings;
    }

    private static void addSettings(Statement statement, Map<Integer, CheckSettings> settings) {
        for (var comment : statement.source().comments()) {
            if (!isDirective(comment)) continue;
            try {
                var own = CheckSettings.parse(comment.substring(DIRECTIVE.length()));
                settings.merge(statement.location().line(), own, CheckSettings::and);
            } catch (IllegalArgumentException _) {
                // a comment may say anything
            }
        }
    }

    static boolean isDirective(String comment) {
        return comment.startsWith(DIRECTIVE);
    }

    private void stageNames() {
        var seen = new HashSet<String>();
        for (var stage : file.stages()) {
            var name = stage.name();
            if (name == null) continue;
            var location = stage.from().location();
            if (RESERVED.contains(name))
                warnings.add(
                        new Warning(
                                Rule.RESERVED_STAGE_NAME,
                                location,
                                "Stage name should not use the same name as reserved stage \""
                                        + name
                                        + "\""));
            if (!seen.add(name))
                warnings.add(
                        new Warning(
                                Rule.DUPLICATE_STAGE_NAME,
                                location,
                                "Duplicate stage name \""
                                        + name
                                        + "\", stage names should be unique"));
        }
    }

    private void casing() {
        int lower = 0;
        int upper = 0;
        var statements = new ArrayList<Statement>();
        for (var stage : file.stages()) {
            statements.add(stage.from());
            statements.addAll(stage.instructions());
        }
        for (var statement : statements) {
            var keyword = statement.source().keyword();
            if (Names.isLower(keyword)) lower++;
            else if (Names.isUpper(keyword)) upper++;
        }
        boolean mostAreLower = lower > upper;
        for (var statement : statements) {
            var keyword = statement.source().keyword();
            if (mostAreLower ? Names.isLower(keyword) : Names.isUpper(keyword)) continue;
            warnings.add(
                    new Warning(
                            Rule.CONSISTENT_INSTRUCTION_CASING,
                            statement.location(),
                            "Command '"
                                    + keyword
                                    + "' should match the case of the command majority ("
                                    + (mostAreLower ? "lowercase" : "uppercase")
                                    + ")"));
        }
    }
}
