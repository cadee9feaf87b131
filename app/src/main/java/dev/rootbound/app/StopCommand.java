package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound stop}. */
final class StopCommand implements Command {
    @Override
    public Flags flags() {
        return Stopping.flags(
                "stop [OPTIONS] CONTAINER [CONTAINER...]", "Stop one or more running containers");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return Stopping.run(arguments, cli, "/stop");
    }
}
