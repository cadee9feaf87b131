package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.CheckInput;
import dev.rootbound.dockerfile.Warning;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code rootbound build}. */
final class BuildCommand implements Command {
    @Override
    public Flags flags() {
        return BuildFlags.declare();
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        BuildFlags.refuse(arguments);
        var call = call(arguments);
        try (var context =
                new ContextSource(cli, arguments.text("file")).open(arguments.rest().getFirst())) {
            var build = new Build(arguments, cli, context);
            return switch (call) {
                case "build" -> build.make();
                case "check" -> build.check();
                default -> build.targets();
            };
        }
    }

    private static String call(Arguments arguments) {
        if (arguments.is("check")) return "check";
        String call = arguments.has("call") ? arguments.text("call") : "build";
        return switch (call) {
            case "build", "check", "targets" -> call;
            case "lint" -> "check";
            default -> throw arguments.invalid("call", call, "there are build, check and targets");
        };
    }

    /** One run of the command. */
    private static final class Build {
        private final Arguments arguments;
        private final Cli cli;
        private final BuildContext context;
        private final DockerConfig config;
        private final BuildArguments given;
        private final @Nullable BuildChecks checks;

        Build(Arguments arguments, Cli cli, BuildContext context) throws IOException {
            this.arguments = arguments;
            this.cli = cli;
            this.context = context;
            this.config = DockerConfig.read(cli.environment());
            this.given =
                    BuildArguments.of(arguments, cli.environment(), config.proxies(cli.address()));
            String text = context.text();
            this.checks = text == null ? null : new BuildChecks(context, text, given.values());
        }

        private BuildChecks known() {
            if (checks != null) return checks;
            throw new CliException(
                    1, "the Dockerfile is in a tar that only the engine reads: unpack it first");
        }

        int targets() {
            cli.print(known().targets());
            return 0;
        }

        /** As with Docker, 1 if there is a warning. */
        int check() {
            var known = known();
            var warnings = warnings(known, _ -> null);
            cli.print(known.report(warnings));
            return warnings.isEmpty() ? 0 : 1;
        }

        private List<Warning> warnings(BuildChecks known, BuildChecks.Images images) {
            return known.warnings(images, platform(), arguments.text("target"));
        }

        private String platform() {
            return arguments.has("platform")
                    ? arguments.text("platform")
                    : cli.environment().getOrDefault("DOCKER_DEFAULT_PLATFORM", "");
        }

        int make() throws IOException, InterruptedException {
            var outputs = BuildOutput.of(arguments);
            ImageExport.check(outputs);
            var idFile = arguments.text("iidfile");
            if (!idFile.isEmpty()) Files.deleteIfExists(Path.of(idFile)); // of an earlier build
            var caches = CacheOptions.of(arguments, cli);
            caches.check();
            var secrets = BuildSecrets.read(arguments, cli.environment());
            if (checks != null) checks.refuse(warnings(checks, _ -> null));
            var progress = Progress.of(arguments, cli);
            var engine = cli.engine();
            var exports = new ImageExport(engine, cli);
            boolean kept = outputs.stream().anyMatch(Build::isKept);
            Set<String> before = kept ? Set.of() : exports.unnamed();
            BuildMessages.Built built;
            try (var view = progress.view(cli)) {
                built = send(engine, secrets, caches, view);
            }
            String id = built.id();
            var tags = arguments.all("tag");
            for (var output : outputs) exports.write(output, tags.isEmpty() ? id : tags.getFirst());
            if (outputs.contains(new BuildOutput.Registry())) push(engine, progress);
            caches.export(built.steps(), engine, cli);
            if (!kept) exports.forget(id, before);
            if (!idFile.isEmpty()) Files.writeString(Path.of(idFile), id);
            if (progress == Progress.QUIET) cli.println(id);
            else if (checks != null && progress != Progress.RAWJSON)
                print(BuildChecks.summary(warnings(checks, new KnownImages(engine)::find)));
            return 0;
        }

        private static boolean isKept(BuildOutput output) {
            return output instanceof BuildOutput.Store || output instanceof BuildOutput.Registry;
        }

        private BuildMessages.Built send(
                ApiClient engine, byte[] secrets, CacheOptions caches, BuildView view)
                throws IOException, InterruptedException {
            var target =
                    new BuildRequest(arguments, platform())
                            .target(context.dockerfile(), given.json(), secrets.length);
            caches.addTo(target);
            try (var agents = BuildAgents.open(arguments, cli.environment());
                    var named = NamedContexts.open(arguments);
                    var answer =
                            engine.build(
                                    agents.addTo(named.addTo(target)),
                                    config.headerOfAll(),
                                    out -> {
                                        out.write(secrets);
                                        caches.writeTo(out);
                                        var counted = new CountedOutput(out);
                                        named.writeTo(counted);
                                        context.writeTo(counted);
                                        view.sent(counted.count());
                                    })) {
                return BuildMessages.read(answer.body(), view);
            }
        }

        private void push(ApiClient engine, Progress progress)
                throws IOException, InterruptedException {
            for (String tag : arguments.all("tag")) {
                var name = PullCommand.reference(tag).withDefaultTag();
                var target =
                        Target.of("/images/", name.familiarName(), "/push")
                                .query("tag", String.valueOf(name.tag()));
                boolean quiet = progress == Progress.QUIET || progress == Progress.RAWJSON;
                var messages = new MessageStream(cli.err(), LocalTerminal.is(2), quiet);
                PullCommand.transfer(engine, target, name, messages, cli);
            }
        }

        private void print(String text) throws IOException {
            cli.err().write(text.getBytes(UTF_8));
            cli.err().flush();
        }
    }

    /** {@code --progress}, else the environment's BUILDKIT_PROGRESS. */
    private enum Progress {
        PLAIN,
        TERMINAL,
        RAWJSON,
        QUIET;

        static Progress of(Arguments arguments, Cli cli) {
            boolean quiet = arguments.is("quiet");
            String asked = arguments.text("progress");
            String name =
                    asked.isEmpty()
                            ? cli.environment().getOrDefault("BUILDKIT_PROGRESS", "")
                            : asked;
            if (quiet && !asked.isEmpty() && !asked.equals("auto") && !asked.equals("quiet"))
                throw new CliException(
                        1, "progress=" + asked + " and quiet cannot be used together");
            if (quiet) return QUIET;
            return switch (name) {
                case "", "auto" -> LocalTerminal.is(2) ? TERMINAL : PLAIN;
                case "tty" -> {
                    if (LocalTerminal.is(2)) yield TERMINAL;
                    throw new CliException(
                            1, "progress tty: standard error is no terminal; auto sees that");
                }
                case "plain" -> PLAIN;
                case "rawjson" -> RAWJSON;
                case "quiet", "none" -> QUIET;
                default ->
                        throw arguments.invalid(
                                "progress", name, "it is auto, plain, tty, rawjson or quiet");
            };
        }

        BuildView view(Cli cli) throws IOException, InterruptedException {
            if (this == RAWJSON) return new RawBuildView(cli);
            var steps =
                    switch (this) {
                        case TERMINAL -> terminal(cli);
                        case PLAIN -> new PlainSteps(cli.err());
                        default -> new PlainSteps(OutputStream.nullOutputStream());
                    };
            return new BuildSteps(steps, cli.err(), System::nanoTime);
        }

        /** Without colours if NO_COLOR is said, https://no-color.org. */
        private static StepView terminal(Cli cli) throws InterruptedException {
            boolean coloured = cli.environment().getOrDefault("NO_COLOR", "").isEmpty();
            return TerminalSteps.on(cli.err(), new StepFrame(coloured));
        }
    }

    /** Counts what goes through. */
    private static final class CountedOutput extends OutputStream {
        private final OutputStream out;
        private long count;

        CountedOutput(OutputStream out) {
            this.out = out;
        }

        long count() {
            return count;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }

    /** What checks need of the base images that the engine has. */
    private record KnownImages(ApiClient engine) {
        CheckInput.@Nullable BaseImage find(String reference) {
            try {
                Json config = engine.get(Target.of("/images/", reference, "/json")).get("Config");
                var environment = new HashMap<String, String>();
                for (String variable : config.texts("Env")) KeyValueFile.put(environment, variable);
                return new CheckInput.BaseImage(environment, !config.texts("Shell").isEmpty());
            } catch (IOException e) {
                return null;
            }
        }
    }
}
