package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound unpause}. */
final class UnpauseCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "unpause CONTAINER [CONTAINER...]",
                        "Unpause all processes within one or more containers")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        return Each.container(arguments, cli, name -> Target.of("/containers/", name, "/unpause"));
    }
}
