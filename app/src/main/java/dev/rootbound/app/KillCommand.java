package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound kill}. */
final class KillCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "kill [OPTIONS] CONTAINER [CONTAINER...]",
                        "Kill one or more running containers")
                .value("signal", 's', "string", "Signal to send to the container")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return Each.container(
                arguments,
                cli,
                name ->
                        Target.of("/containers/", name, "/kill")
                                .query("signal", arguments.text("signal")));
    }
}
