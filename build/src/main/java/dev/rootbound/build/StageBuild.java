package dev.rootbound.build;

import dev.rootbound.dockerfile.Add;
import dev.rootbound.dockerfile.Arg;
import dev.rootbound.dockerfile.Cmd;
import dev.rootbound.dockerfile.CommandLine;
import dev.rootbound.dockerfile.Copy;
import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.Entrypoint;
import dev.rootbound.dockerfile.Env;
import dev.rootbound.dockerfile.Expose;
import dev.rootbound.dockerfile.Healthcheck;
import dev.rootbound.dockerfile.Instruction;
import dev.rootbound.dockerfile.Label;
import dev.rootbound.dockerfile.Maintainer;
import dev.rootbound.dockerfile.OnBuild;
import dev.rootbound.dockerfile.Run;
import dev.rootbound.dockerfile.Shell;
import dev.rootbound.dockerfile.StageScope;
import dev.rootbound.dockerfile.StopSignal;
import dev.rootbound.dockerfile.User;
import dev.rootbound.dockerfile.Volume;
import dev.rootbound.dockerfile.Workdir;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.StepFiles;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds one stage: its instructions one after another, each found in the cache or done. */
final class StageBuild {
    private final BuildJob job;
    private final StageOutput output;
    private final StageScope scope;
    private final List<String> proxies;
    private final boolean cached;
    private final ImageDraft draft;
    private final List<StepCache.Step> steps;
    private StepFiles files;

    /**
     * @param proxies of every RUN's environment, {@code NAME=value}
     * @param cached whether steps are taken from the cache
     */
    StageBuild(
            BuildJob job,
            StageOutput output,
            StageScope scope,
            List<String> proxies,
            boolean cached,
            StageFiles base) {
        this.job = job;
        this.output = output;
        this.scope = scope;
        this.proxies = proxies;
        this.cached = cached;
        this.draft = base.draft();
        this.files = base.files();
        this.steps = new ArrayList<>(base.steps());
    }

    /**
     * @param triggers what the base image's ONBUILD says
     */
    StageFiles build(List<Instruction> triggers, List<Instruction> instructions)
            throws IOException, InterruptedException, DockerfileException {
        for (var trigger : triggers) {
            output.trigger(trigger.original());
            build(trigger);
        }
        for (var instruction : instructions) {
            output.step(instruction.original());
            build(instruction);
        }
        return new StageFiles(draft, files, steps);
    }

    /** Copies all of a context. */
    StageFiles copy(SourceFiles context, String said) throws IOException, InterruptedException {
        var all = new CopyStep.Source("", context.root(), context);
        copy(new CopyStep(List.of(all), "/", true, "", null), said);
        return new StageFiles(draft, files, steps);
    }

    private void build(Instruction instruction)
            throws IOException, InterruptedException, DockerfileException {
        if (Thread.interrupted()) throw new InterruptedException("the build was given up");
        perform(instruction);
        output.done(files.image().id());
    }

    private void perform(Instruction given)
            throws IOException, InterruptedException, DockerfileException {
        var instruction = given.expanded(scope);
        var said = given.shown(scope);
        switch (instruction) {
            case Run run -> run(run);
            case Copy copy -> copy(new CopyReader(job, draft.workingDir()).read(copy), said);
            case Add add -> copy(new CopyReader(job, draft.workingDir()).read(add), said);
            case Workdir workdir -> workdir(workdir, said);
            default -> {
                configure(instruction);
                draft.said(said);
            }
        }
    }

    private void configure(Instruction instruction) throws DockerfileException {
        switch (instruction) {
            case Arg arg -> scope.declare(arg);
            case Env env -> env(env);
            case Label label ->
                    label.pairs().forEach(pair -> draft.label(pair.key(), pair.value()));
            case Shell shell -> draft.shell(shell.words());
            case User user -> draft.user(user.user());
            case Volume volume -> volume.paths().forEach(draft::volume);
            case Expose expose -> expose.ports().forEach(draft::expose);
            case StopSignal stop -> draft.stopSignal(stop.signal());
            case Healthcheck check -> healthcheck(check);
            case OnBuild trigger -> draft.trigger(trigger.trigger());
            case Entrypoint entrypoint -> draft.entrypoint(words(entrypoint.command()));
            case Cmd cmd -> draft.cmd(words(cmd.command()));
            case Maintainer maintainer -> draft.author(maintainer.author());
            case Run _, Copy _, Add _, Workdir _ ->
                    throw new IllegalStateException("it changes files: " + instruction);
        }
    }

    private void env(Env env) {
        scope.set(env);
        env.pairs().forEach(pair -> draft.env(pair.key(), pair.value()));
    }

    private void healthcheck(Healthcheck check) {
        var times = new LinkedHashMap<String, Long>();
        var timing = check.timing();
        putUnlessZero(times, "Interval", timing.interval());
        putUnlessZero(times, "Timeout", timing.timeout());
        putUnlessZero(times, "StartPeriod", timing.startPeriod());
        putUnlessZero(times, "StartInterval", timing.startInterval());
        draft.healthcheck(check.test(), times, timing.retries() == 0 ? null : timing.retries());
    }

    private static void putUnlessZero(Map<String, Long> times, String field, Duration time) {
        if (!time.isZero()) times.put(field, time.toNanos());
    }

    private List<String> words(CommandLine command) {
        return switch (command) {
            case CommandLine.Exec(var arguments) -> arguments;
            case CommandLine.ForShell(var line) -> inShell(line);
        };
    }

    private List<String> inShell(String line) {
        var words = new ArrayList<>(draft.shell());
        words.add(line);
        return words;
    }

    private void workdir(Workdir workdir, String said) throws IOException, InterruptedException {
        var path = InsidePath.of(draft.workingDir(), workdir.path());
        draft.workingDir(path);
        var bytes = InsidePath.bytes(path);
        var owner = draft.user();
        var key = key("WORKDIR", path, owner);
        make(key, said, () -> job.runner().makeDirectory(files, bytes, owner, key, said));
    }

    private void copy(CopyStep copy, String said) throws IOException, InterruptedException {
        var key =
                key(
                        "COPY",
                        copy.target(),
                        String.valueOf(copy.into()),
                        copy.owner(),
                        copy.digest().toString());
        make(key, said, () -> job.runner().copy(files, copy, key, said));
    }

    private void run(Run run) throws IOException, InterruptedException, DockerfileException {
        if (run.options().isInsecure()) {
            throw new EngineException.Denied(
                    "RUN --security=insecure: no step of a build is privileged; run what needs it"
                            + " in a container");
        }
        var arguments = scope.arguments();
        var command = command(run);
        try (var mounts = RunMounts.open(job, draft.workingDir(), run.mounts(scope))) {
            var environment = environment();
            var said = said(arguments, command);
            var network =
                    switch (run.options().network()) {
                        case DEFAULT -> "";
                        case NONE -> "none";
                        case HOST -> "host";
                    };
            var container = job.request().container();
            var key =
                    key(
                            "RUN",
                            container.isolation().hasDefaultNetwork()
                                    ? ""
                                    : container.isolation().networkMode(),
                            String.join("\0", container.network().extraHosts()),
                            String.join("\0", command),
                            String.join("\0", environment),
                            draft.user(),
                            draft.workingDir(),
                            network,
                            mounts.key());
            make(
                    key,
                    said,
                    () -> {
                        mounts.fill();
                        var all = new ArrayList<>(proxies);
                        all.addAll(mounts.environment(environment));
                        var spec = spec(command, mounts, all, network);
                        var shown = String.join(" ", command);
                        var step = new RunStep(spec, mounts.secrets(), mounts.targets(), shown);
                        return job.runner().run(files, step, key, said, output);
                    });
        }
    }

    private ContainerSpec spec(
            List<String> command, RunMounts mounts, List<String> environment, String network) {
        return job.request()
                .container()
                .with(own -> {
                    own.image = files.image().id().toString();
                    own.entrypoint = List.of();
                    own.cmd = command;
                    own.env = environment;
                    own.user = draft.user();
                    own.workingDir = draft.workingDir();
                    own.volumes = mounts.volumes();
                    own.tmpfs = mounts.tmpfs();
                    own.logDriver = ContainerSpec.LogDriver.NONE;
                    if (!network.isEmpty()) {
                        own.isolation = own.isolation.withNetwork(network);
                    }
                });
    }

    private List<String> environment() {
        return scope.environment().entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
    }

    private List<String> command(Run run) {
        var program = run.program();
        if (program != null) return HeredocProgram.command(program);
        var script = run.script();
        return script == null ? words(run.command()) : inShell(script);
    }

    /** As BuildKit's history has it: with how many arguments, and which. */
    private static String said(Map<String, String> arguments, List<String> command) {
        var said = new StringBuilder("RUN");
        if (!arguments.isEmpty()) {
            said.append(" |").append(arguments.size());
            arguments.forEach(
                    (name, value) -> said.append(' ').append(name).append('=').append(value));
        }
        return said.append(' ').append(String.join(" ", command)).toString();
    }

    /** What tells this step from every other on the same files. */
    private Digest key(String... texts) {
        var all = new ArrayList<>(List.of("step 1", files.image().id().toString()));
        all.add(String.valueOf(job.request().epoch()));
        all.addAll(List.of(texts));
        return Hashes.of(all);
    }

    /** Makes files. */
    private interface Making {
        StepFiles make() throws IOException, InterruptedException;
    }

    private void make(Digest key, String said, Making making)
            throws IOException, InterruptedException {
        var found = cached ? found(key, said) : Optional.<StepFiles>empty();
        if (found.isPresent()) output.cached();
        var before = files.image().layers().size();
        files = found.isPresent() ? found.get() : making.make();
        var layers = files.image().diffIds();
        draft.made(said, files.created(), layers.size() - before);
        var added =
                layers.size() > before ? Optional.of(layers.getLast()) : Optional.<Digest>empty();
        steps.add(new StepCache.Step(key, files.created(), added));
    }

    private Optional<StepFiles> found(Digest key, String said) {
        var own = job.build().cached(key);
        return own.isPresent() ? own : job.build().imported(files, key, said, output::warn);
    }
}
