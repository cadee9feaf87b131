package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound attach}. */
final class AttachCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "attach [OPTIONS] CONTAINER",
                        "Attach local standard input, output, and error streams to a running"
                                + " container")
                .value("detach-keys", "string", "Override the key sequence for detaching")
                .flag("no-stdin", "Do not attach STDIN")
                .flag("sig-proxy", "Proxy all received signals to the process (default true)")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        Json container =
                engine.get(Target.of("/containers/", arguments.rest().getFirst(), "/json"));
        Json state = container.get("State");
        if (!state.bool("Running"))
            throw new CliException(1, "cannot attach to a stopped container, start it first");
        if (state.bool("Paused"))
            throw new CliException(1, "cannot attach to a paused container, unpause it first");
        Json config = container.get("Config");
        boolean terminal = config.bool("Tty");
        boolean stdin = !arguments.is("no-stdin") && config.bool("OpenStdin");
        if (stdin && terminal) RunCommand.requireTerminal();
        boolean signals = !arguments.has("sig-proxy") || arguments.is("sig-proxy");
        var attachment =
                new Session.Attachment(
                        container.text("Id"),
                        terminal,
                        stdin,
                        true,
                        true,
                        false,
                        signals && !terminal,
                        arguments.text("detach-keys"));
        int code = new Session(engine, attachment, cli).run(false);
        if (code != Session.DETACHED) return code;
        cli.complain("read escape sequence");
        return 1;
    }
}
