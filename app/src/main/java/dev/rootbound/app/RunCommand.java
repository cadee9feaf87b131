package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound run}. */
final class RunCommand implements Command {
    @Override
    public Flags flags() {
        var flags =
                new Flags(
                        "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
                        "Create and run a new container from an image");
        flags.flag("detach", 'd', "Run container in background and print container ID")
                .value("detach-keys", "string", "Override the key sequence for detaching")
                .flag("sig-proxy", "Proxy received signals to the process (default true)");
        return CreateFlags.declare(flags);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        boolean detached = arguments.is("detach");
        if (detached && arguments.has("attach"))
            throw new CliException(
                    ExitCodes.ENGINE,
                    "conflicting options: cannot specify both --attach and --detach");
        var streams = AttachedStreams.of(arguments, detached);
        boolean terminal = arguments.is("tty");
        if (streams.stdin() && terminal) requireTerminal();
        var size = terminal && LocalTerminal.is(1) ? LocalTerminal.size() : null;
        ApiClient engine = engine(cli);
        String id = new Creation(arguments, cli).create(engine, detached, size);
        if (detached) return start(engine, id, cli);
        var attachment =
                new Session.Attachment(
                        id,
                        terminal,
                        streams.stdin(),
                        streams.stdout(),
                        streams.stderr(),
                        arguments.is("rm"),
                        !arguments.has("sig-proxy") || arguments.is("sig-proxy"),
                        arguments.text("detach-keys"));
        try {
            int code = new Session(engine, attachment, cli).run(true);
            return code == Session.DETACHED ? 0 : code;
        } catch (IOException e) {
            throw ExitCodes.engine(e);
        }
    }

    private static ApiClient engine(Cli cli) throws InterruptedException {
        try {
            return cli.engine();
        } catch (IOException e) {
            throw ExitCodes.engine(e);
        }
    }

    static void requireTerminal() {
        if (!LocalTerminal.is(0)) throw new CliException(1, "the input device is not a TTY");
    }

    private static int start(ApiClient engine, String id, Cli cli) {
        try {
            engine.post(Target.of("/containers/", id, "/start"));
        } catch (IOException e) {
            // The id first, as Docker: the container is there, and can be inspected.
            cli.println(id);
            throw ExitCodes.start(e);
        }
        cli.println(id);
        return 0;
    }
}
