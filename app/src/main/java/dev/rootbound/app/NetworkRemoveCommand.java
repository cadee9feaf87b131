package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound network rm}. */
final class NetworkRemoveCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("network rm [OPTIONS] NETWORK [NETWORK...]", "Remove one or more networks")
                .flag("force", 'f', "Do not error if the network does not exist")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    try {
                        engine.delete(Target.of("/networks/", name));
                        return name + "\n";
                    } catch (ApiException e) {
                        if (!arguments.is("force") || !e.isNotFound()) throw e;
                        return "";
                    }
                });
    }
}
