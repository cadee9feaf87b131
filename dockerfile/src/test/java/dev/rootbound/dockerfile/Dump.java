package dev.rootbound.dockerfile;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A Dockerfile as text: what is written, what it expands to, and what its last stage needs. */
final class Dump {
    private final StringBuilder text = new StringBuilder();

    private Dump() {}

    static String of(String input, Map<String, String> arguments) {
        var dump = new Dump();
        try {
            dump.file(Dockerfile.parse("Dockerfile", input), arguments);
        } catch (DockerfileException e) {
            dump.text.append(e.getMessage()).append('\n');
        }
        return dump.text.toString();
    }

    private void file(Dockerfile file, Map<String, String> arguments) throws DockerfileException {
        var directives = file.directives();
        if (directives.syntax() != null) line("syntax " + directives.syntax());
        if (directives.escape() != '\\') line("escape " + directives.escape());
        if (!directives.check().equals(CheckSettings.DEFAULT))
            line("check " + show(directives.check()));
        for (var argument : file.arguments()) statement("", argument);
        for (var stage : file.stages()) {
            statement("", stage.from());
            for (var instruction : stage.instructions()) statement("  ", instruction);
        }
        for (var warning : file.warnings())
            if (!warning.rule().isExperimental()) line("warning " + warning);
        build(file, arguments);
    }

    private void build(Dockerfile file, Map<String, String> arguments) throws DockerfileException {
        var platforms = GlobalScope.platforms("linux/amd64", "linux/arm64/v8", "default");
        var globals = GlobalScope.of(file, arguments, platforms);
        var stages = Stages.of(file, globals, Set.of());
        var scopes = new ArrayList<StageScope>();
        for (var stage : file.stages()) {
            var from = stages.from(stage.number());
            if (!from.equals(stage.from())) line("expanded " + show(from));
            var scope =
                    stages.base(stage.number()) instanceof Origin.OfStage(int base)
                            ? scopes.get(base).child()
                            : globals.stage(Map.of("PATH", "/bin"));
            scopes.add(scope);
            for (var trigger : stages.triggers(stage.number())) step("triggered ", trigger, scope);
            for (var instruction : stage.instructions()) step("expanded ", instruction, scope);
            if (!scope.arguments().isEmpty()) line("arguments " + scope.arguments());
        }
        var needed = stages.needed(stages.target(null));
        if (file.stages().size() > 1) line("needs " + needed);
    }

    private void step(String what, Instruction instruction, StageScope scope)
            throws DockerfileException {
        var expanded = instruction.expanded(scope);
        if (!expanded.equals(instruction) || what.equals("triggered ")) line(what + show(expanded));
        switch (expanded) {
            case Arg arg -> scope.declare(arg);
            case Env env -> scope.set(env);
            case Run run -> {
                for (var mount : run.mounts(scope)) line("mount " + show(mount));
                if (!run.heredocs().isEmpty()) line("script " + show(run.script()));
            }
            case Expose expose -> line("ports " + expose.ports());
            default -> {}
        }
    }

    private void statement(String indent, Statement statement) {
        var location = statement.location();
        var lines =
                location.lastLine() == location.line()
                        ? location.toString()
                        : location + "-" + location.lastLine();
        line(indent + lines + " " + show(statement));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String show(@Nullable Object value) {
        return switch (value) {
            case String string -> quoted(string);
            case Duration duration -> duration.toString();
            case Set<?> set -> new TreeSet<Object>(set).toString();
            case List<?> list -> list.stream().map(Dump::show).toList().toString();
            case Record object -> object.getClass().getSimpleName() + fields(object);
            case null -> "null";
            default -> value.toString();
        };
    }

    private static String fields(Record object) {
        var fields = new ArrayList<String>();
        for (var component : object.getClass().getRecordComponents()) {
            var value = read(object, component);
            if (isDefault(value) || value instanceof Source) continue;
            fields.add(component.getName() + "=" + show(value));
        }
        return fields.isEmpty() ? "" : fields.toString();
    }

    private static @Nullable Object read(Record object, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static boolean isDefault(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Boolean bool -> !bool;
            case List<?> list -> list.isEmpty();
            case Set<?> set -> set.isEmpty();
            case Duration duration -> duration.isZero();
            case RunMount.Owner owner -> owner.equals(new RunMount.Owner(null, null, null));
            case RunOptions options ->
                    options.equals(
                            new RunOptions(
                                    List.of(), RunOptions.Network.DEFAULT, false, List.of()));
            case FileOptions options ->
                    options.equals(new FileOptions(null, null, false, List.of()));
            default -> false;
        };
    }

    private static String quoted(String string) {
        return '"'
                + string.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + '"';
    }
}
