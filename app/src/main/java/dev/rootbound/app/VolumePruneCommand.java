package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound volume prune}. */
final class VolumePruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("volume prune [OPTIONS]", "Remove unused local volumes")
                .flag("all", 'a', "Remove all unused volumes, not just anonymous ones");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var pruning = new Pruning(arguments, cli);
        var which = arguments.is("all") ? "local volumes" : "anonymous local volumes";
        if (pruning.isConfirmed(
                "This will remove " + which + " not used by at least one container.")) {
            pruning.volumes(cli.engine(), arguments.is("all"));
            pruning.print();
        }
        return 0;
    }
}
