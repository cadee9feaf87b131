package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound system prune}. */
final class SystemPruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("system prune [OPTIONS]", "Remove unused data")
                .flag("all", 'a', "Remove all unused images not just dangling ones")
                .flag("volumes", "Prune anonymous volumes");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var pruning = new Pruning(arguments, cli);
        if (pruning.isConfirmed(warning(arguments))) {
            var engine = cli.engine();
            pruning.containers(engine);
            pruning.networks(engine);
            if (arguments.is("volumes")) pruning.volumes(engine, false);
            pruning.images(engine);
            if (!hasLabels(arguments)) pruning.buildCache(engine);
            pruning.print();
        }
        return 0;
    }

    /** Steps of builds have no labels, so that none is meant. */
    private static boolean hasLabels(Arguments arguments) {
        return arguments.all("filter").stream().anyMatch(filter -> filter.startsWith("label"));
    }

    private static String warning(Arguments arguments) {
        var text = new StringBuilder("This will remove:\n  - all stopped containers\n");
        text.append("  - all networks not used by at least one container\n");
        if (arguments.is("volumes"))
            text.append("  - all anonymous volumes not used by at least one container\n");
        text.append(
                arguments.is("all")
                        ? "  - all images without at least one container associated to them\n"
                        : "  - all dangling images\n");
        if (!hasLabels(arguments))
            text.append(arguments.is("all") ? "  - all build cache\n" : "  - unused build cache\n");
        if (!arguments.all("filter").isEmpty()) {
            text.append("\n  Items to be pruned will be filtered with:\n");
            for (String filter : arguments.all("filter"))
                text.append("  - ").append(filter).append('\n');
        }
        return text.toString();
    }
}
