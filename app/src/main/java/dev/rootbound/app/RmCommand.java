package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound rm}. */
final class RmCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("rm [OPTIONS] CONTAINER [CONTAINER...]", "Remove one or more containers")
                .flag("force", 'f', "Force the removal of a running container (uses SIGKILL)")
                .flag("volumes", 'v', "Remove anonymous volumes associated with the container")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        boolean force = arguments.is("force");
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    try {
                        engine.delete(
                                Target.of("/containers/", name)
                                        .query("force", force)
                                        .query("v", arguments.is("volumes")));
                        return name + "\n";
                    } catch (ApiException e) {
                        if (!force || !e.isNotFound()) throw e;
                        cli.complain(ExitCodes.sentence(e));
                        return "";
                    }
                });
    }
}
