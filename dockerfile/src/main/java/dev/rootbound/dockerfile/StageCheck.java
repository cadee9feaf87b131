package dev.rootbound.dockerfile;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the instructions of one stage, in their order. */
final class StageCheck {
    /** The whole name, or a word of it. */
    private static final Pattern SECRET =
            named("apikey|auth|credentials?|key|password|pword|passwd|secret|token");

    private static final Pattern NO_SECRET = named("public|file|version");

    /** What all stages of a file have in common. */
    record Report(Ignore ignore, List<Warning> warnings, Suggestions suggestions) {}

    private final StageScope scope;
    private final Report report;
    private final Map<Class<?>, Statement> last = new HashMap<>();

    /** Whether all variables are known. */
    private boolean isKnown;

    private boolean hasShell;
    private boolean hasWorkdir;
    private boolean hasTriggers;

    /** {@code image} is null when nothing is known of it. */
    StageCheck(StageScope scope, Report report, CheckInput.@Nullable BaseImage image) {
        this.scope = scope;
        this.report = report;
        this.isKnown = image != null;
        this.hasShell = image != null && image.hasShell();
    }

    private static Pattern named(String words) {
        return Pattern.compile("(?:_|^)(?:" + words + ")(?:_|$)", Pattern.CASE_INSENSITIVE);
    }

    /** The check of a stage that is based on this one. Its triggers could define anything. */
    StageCheck child() {
        var child = new StageCheck(scope.child(), report, null);
        child.isKnown = isKnown && !hasTriggers;
        child.hasShell = hasShell;
        child.hasWorkdir = hasWorkdir;
        return child;
    }

    void run(Stage stage) {
        try {
            for (var instruction : stage.instructions()) check(instruction);
        } catch (DockerfileException _) {
            // the build itself says it; what follows depends on it
            isKnown = false;
        }
    }

    private void check(Instruction instruction) throws DockerfileException {
        var undefined = new LinkedHashSet<String>();
        var variables = scope.recording(undefined);
        if (instruction instanceof Arg arg) check(arg, variables);
        else if (instruction instanceof Run run) run.mounts(variables);
        else check(instruction, instruction.expanded(variables));
        for (var name : undefined) undefined(instruction, name);
    }

    private void check(Arg arg, Variables variables) throws DockerfileException {
        for (var argument : arg.arguments()) secret(arg, "ARG", argument.name());
        scope.declare(arg, variables);
    }

    private void check(Instruction written, Instruction expanded) {
        switch (expanded) {
            case Env env -> {
                pairs(written, env.pairs());
                for (var pair : env.pairs()) secret(written, "ENV", pair.key());
                scope.set(env);
            }
            case Label label -> pairs(written, label.pairs());
            case Workdir workdir -> check(workdir);
            case Expose expose -> expose.words().forEach(word -> port(expose, word));
            case Cmd cmd -> {
                once(cmd);
                shellForm(cmd, cmd.command());
            }
            case Entrypoint entrypoint -> {
                once(entrypoint);
                shellForm(entrypoint, entrypoint.command());
            }
            case Healthcheck healthcheck -> once(healthcheck);
            case Shell _ -> hasShell = true;
            case OnBuild _ -> hasTriggers = true;
            case Copy copy -> {
                if (copy.from() == null) ignored(copy, "Copy", copy.files());
            }
            case Add add -> ignored(add, "Add", add.files());
            default -> {}
        }
    }

    private void check(Workdir workdir) {
        if (!hasWorkdir && !workdir.path().startsWith("/"))
            warn(
                    Rule.WORKDIR_RELATIVE_PATH,
                    workdir,
                    "Relative workdir \""
                            + workdir.path()
                            + "\" can have unexpected results if the base image changes");
        hasWorkdir = true;
    }

    private void pairs(Instruction instruction, List<KeyValue> pairs) {
        var keyword = instruction.source().keyword();
        if (pairs.getFirst().isLegacy())
            warn(
                    Rule.LEGACY_KEY_VALUE_FORMAT,
                    instruction,
                    "\""
                            + keyword
                            + " key=value\" should be used instead of legacy \""
                            + keyword
                            + " key value\" format");
    }

    private void secret(Instruction instruction, String keyword, String name) {
        if (SECRET.matcher(name).find() && !NO_SECRET.matcher(name).find())
            warn(
                    Rule.SECRETS_USED_IN_ARG_OR_ENV,
                    instruction,
                    "Do not use ARG or ENV instructions for sensitive data ("
                            + keyword
                            + " \""
                            + name
                            + "\")");
    }

    /** The one that does not count is told of: the one before. */
    private void once(Instruction instruction) {
        var before = last.put(instruction.getClass(), instruction);
        if (before != null)
            warn(
                    Rule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
                    before,
                    "Multiple "
                            + instruction.source().keyword()
                            + " instructions should not be used in the same stage because only the"
                            + " last one will be used");
    }

    private void shellForm(Instruction instruction, CommandLine command) {
        if (command instanceof CommandLine.ForShell && !hasShell)
            warn(
                    Rule.JSON_ARGS_RECOMMENDED,
                    instruction,
                    "JSON arguments recommended for "
                            + instruction.source().keyword()
                            + " to prevent unintended behavior related to OS signals");
    }

    private void port(Expose expose, String word) {
        try {
            var port = ExposedPort.parse(word);
            if (!Names.isLower(port.written()))
                warn(
                        Rule.EXPOSE_PROTO_CASING,
                        expose,
                        "Defined protocol '"
                                + word
                                + "' in EXPOSE instruction should be lowercase");
            if (port.isMapping())
                warn(
                        Rule.EXPOSE_INVALID_FORMAT,
                        expose,
                        "EXPOSE instruction should not define an IP address or host-port mapping,"
                                + " found '"
                                + word
                                + "'");
        } catch (IllegalArgumentException _) {
            // the build itself says it
        }
    }

    /** Exceptions make it hard to say what of a directory is there: then nothing is said. */
    private void ignored(Instruction instruction, String verb, Files files) {
        if (report.ignore().hasExceptions()) return;
        for (var source : files.sources()) {
            if (source.contains("://") || source.startsWith("git@")) continue;
            var path = IgnorePattern.clean(source);
            boolean all = path.equals(".") || path.equals("/");
            if (all ? report.ignore().excludesAll() : report.ignore().excludes(path))
                warn(
                        Rule.COPY_IGNORED_FILE,
                        instruction,
                        "Attempting to "
                                + verb
                                + " file \""
                                + path
                                + "\" that is excluded by .dockerignore");
        }
    }

    private void undefined(Instruction instruction, String name) {
        if (!isKnown || scope.isDeclared(name)) return;
        var meant = report.suggestions().meant("$", name, () -> scope.environment().keySet());
        warn(
                Rule.UNDEFINED_VAR,
                instruction,
                "Usage of undefined variable '$" + name + "'" + meant);
    }

    private void warn(Rule rule, Statement statement, String message) {
        report.warnings().add(new Warning(rule, statement.location(), message));
    }
}
