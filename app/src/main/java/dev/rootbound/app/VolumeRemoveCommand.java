package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound volume rm}. */
final class VolumeRemoveCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("volume rm [OPTIONS] VOLUME [VOLUME...]", "Remove one or more volumes")
                .flag("force", 'f', "Force the removal of one or more volumes")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    engine.delete(
                            Target.of("/volumes/", name).query("force", arguments.is("force")));
                    return name + "\n";
                });
    }
}
