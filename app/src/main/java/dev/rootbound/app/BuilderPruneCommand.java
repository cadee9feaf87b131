package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound builder prune}. */
final class BuilderPruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("builder prune [OPTIONS]", "Remove build cache")
                .flag("all", 'a', "Remove all unused build cache, not just dangling ones")
                .value(
                        "keep-storage",
                        "bytes",
                        "Accepted: what is in use is kept, whatever its size");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        arguments.bytes("keep-storage");
        var pruning = new Pruning(arguments, cli);
        String what = arguments.is("all") ? "all build cache" : "all dangling build cache";
        if (pruning.isConfirmed("This will remove " + what + ".")) {
            pruning.buildCache(cli.engine());
            pruning.print();
        }
        return 0;
    }
}
