package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound create}. */
final class CreateCommand implements Command {
    @Override
    public Flags flags() {
        return CreateFlags.declare(
                new Flags("create [OPTIONS] IMAGE [COMMAND] [ARG...]", "Create a new container"));
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var size = arguments.is("tty") && LocalTerminal.is(1) ? LocalTerminal.size() : null;
        cli.println(new Creation(arguments, cli).create(cli.engine(), false, size));
        return 0;
    }
}
