package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound container prune}. */
final class ContainerPruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("container prune [OPTIONS]", "Remove all stopped containers");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var pruning = new Pruning(arguments, cli);
        if (pruning.isConfirmed("This will remove all stopped containers.")) {
            pruning.containers(cli.engine());
            pruning.print();
        }
        return 0;
    }
}
