package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound restart}. */
final class RestartCommand implements Command {
    @Override
    public Flags flags() {
        return Stopping.flags(
                "restart [OPTIONS] CONTAINER [CONTAINER...]", "Restart one or more containers");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return Stopping.run(arguments, cli, "/restart");
    }
}
