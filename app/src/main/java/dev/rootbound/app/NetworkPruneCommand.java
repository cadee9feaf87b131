package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound network prune}. */
final class NetworkPruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("network prune [OPTIONS]", "Remove all unused networks");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var pruning = new Pruning(arguments, cli);
        if (pruning.isConfirmed(
                "This will remove all custom networks not used by at least one container.")) {
            pruning.networks(cli.engine());
            pruning.printNames();
        }
        return 0;
    }
}
