package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound exec}. */
final class ExecCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
                        "Execute a command in a running container")
                .flag("detach", 'd', "Detached mode: run command in the background")
                .value("detach-keys", "string", "Override the key sequence for detaching")
                .value("env", 'e', "list", "Set environment variables")
                .value("env-file", "list", "Read in a file of environment variables")
                .flag("interactive", 'i', "Keep STDIN open even if not attached")
                .flag("privileged", "Give extended privileges to the command")
                .flag("tty", 't', "Allocate a pseudo-TTY")
                .value("user", 'u', "string", "Username or UID (format: <name|uid>[:<group|gid>])")
                .value("workdir", 'w', "string", "Working directory inside the container")
                .arguments(2, Integer.MAX_VALUE)
                .stopAtArgument();
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        boolean detached = arguments.is("detach");
        boolean terminal = arguments.is("tty");
        boolean stdin = arguments.is("interactive") && !detached;
        if (stdin && terminal) RunCommand.requireTerminal();
        if (arguments.has("detach-keys")) DetachKeys.parse(arguments.text("detach-keys"));
        var size = terminal && LocalTerminal.is(1) ? LocalTerminal.size() : null;
        ApiClient engine = cli.engine();
        var request = request(arguments, cli, detached);
        if (size != null) request.with("ConsoleSize", Creation.consoleSize(size));
        String container = arguments.rest().getFirst();
        String id = engine.post(Target.of("/containers/", container, "/exec"), request).text("Id");
        var start = new Json.Members().with("Detach", detached).with("Tty", terminal);
        if (size != null) start.with("ConsoleSize", Creation.consoleSize(size));
        try {
            if (!detached) return attached(engine, id, start, stdin, arguments, cli);
            engine.open("POST", Target.of("/exec/", id, "/start"), JsonWriter.write(start)).close();
            return 0;
        } catch (ApiException e) {
            int code = ExitCodes.ofStart(String.valueOf(e.getMessage()));
            cli.complain(ExitCodes.sentence(e));
            return code == ExitCodes.ENGINE ? 1 : code;
        }
    }

    static Json.Members request(Arguments arguments, Cli cli, boolean detached) {
        var words = arguments.rest();
        List<String> variables = new ArrayList<>();
        for (String file : arguments.all("env-file"))
            variables.addAll(KeyValueFile.environment(Path.of(file), cli.environment()));
        for (String variable : arguments.all("env")) {
            String own = variable.contains("=") ? null : cli.environment().get(variable);
            variables.add(own == null ? variable : variable + "=" + own);
        }
        return new Json.Members()
                .with("User", arguments.text("user"))
                .with("Privileged", arguments.is("privileged"))
                .with("Tty", arguments.is("tty"))
                .with("AttachStdin", arguments.is("interactive") && !detached)
                .with("AttachStdout", !detached)
                .with("AttachStderr", !detached)
                .with("DetachKeys", arguments.text("detach-keys"))
                .with("Env", variables)
                .with("WorkingDir", arguments.text("workdir"))
                .with("Cmd", words.subList(1, words.size()));
    }

    private static int attached(
            ApiClient engine, String id, Json start, boolean stdin, Arguments arguments, Cli cli)
            throws IOException, InterruptedException {
        boolean terminal = arguments.is("tty");
        Answer answer = engine.hijack(Target.of("/exec/", id, "/start"), JsonWriter.write(start));
        if (terminal && LocalTerminal.is(1))
            Signals.onResize(() -> resize(engine, Target.of("/exec/", id, "/resize")));
        var streams = new Streams(answer, terminal, arguments.text("detach-keys"), cli);
        if (streams.copy(stdin) == Streams.End.DETACHED) {
            cli.complain("read escape sequence");
            return 1;
        }
        try {
            return (int) engine.get(Target.of("/exec/", id, "/json")).number("ExitCode");
        } catch (NoEngineException e) {
            throw new EngineGoneException(e); // it answered a moment ago
        }
    }

    private static void resize(ApiClient engine, Target target) {
        try {
            Session.resize(engine, target);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
