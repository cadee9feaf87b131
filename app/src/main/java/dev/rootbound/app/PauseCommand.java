package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound pause}. */
final class PauseCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "pause CONTAINER [CONTAINER...]",
                        "Pause all processes within one or more containers")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return Each.container(arguments, cli, name -> Target.of("/containers/", name, "/pause"));
    }
}
