package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound image prune}. */
final class ImagePruneCommand implements Command {
    @Override
    public Flags flags() {
        return Pruning.flags("image prune [OPTIONS]", "Remove unused images")
                .flag("all", 'a', "Remove all unused images, not just dangling ones");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var pruning = new Pruning(arguments, cli);
        String warning =
                arguments.is("all")
                        ? "This will remove all images without at least one container associated"
                                + " to them."
                        : "This will remove all dangling images.";
        if (pruning.isConfirmed(warning)) {
            pruning.images(cli.engine());
            pruning.print();
        }
        return 0;
    }
}
