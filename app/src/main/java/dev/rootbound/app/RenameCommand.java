package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound rename}. */
final class RenameCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("rename CONTAINER NEW_NAME", "Rename a container").arguments(2, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String container = arguments.rest().getFirst();
        cli.engine()
                .post(
                        Target.of("/containers/", container, "/rename")
                                .query("name", arguments.rest().get(1)));
        return 0;
    }
}
