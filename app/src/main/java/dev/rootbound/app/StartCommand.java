package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound start}. */
final class StartCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "start [OPTIONS] CONTAINER [CONTAINER...]",
                        "Start one or more stopped containers")
                .flag("attach", 'a', "Attach STDOUT/STDERR and forward signals")
                .value("detach-keys", "string", "Override the key sequence for detaching")
                .flag("interactive", 'i', "Attach container's STDIN")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        if (!arguments.is("attach") && !arguments.is("interactive"))
            return Each.of(
                    arguments.rest(),
                    cli,
                    name -> {
                        engine.post(Target.of("/containers/", name, "/start"));
                        return name + "\n";
                    });
        if (arguments.rest().size() > 1)
            throw new CliException(1, "you cannot start and attach multiple containers at once");
        Json container =
                engine.get(Target.of("/containers/", arguments.rest().getFirst(), "/json"));
        Json config = container.get("Config");
        boolean terminal = config.bool("Tty");
        boolean stdin = arguments.is("interactive") && config.bool("OpenStdin");
        if (stdin && terminal) RunCommand.requireTerminal();
        var attachment =
                new Session.Attachment(
                        container.text("Id"),
                        terminal,
                        stdin,
                        true,
                        true,
                        container.get("HostConfig").bool("AutoRemove"),
                        !terminal,
                        arguments.text("detach-keys"));
        int code = new Session(engine, attachment, cli).run(true);
        return code == Session.DETACHED ? 0 : code;
    }
}
