package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound network disconnect}. */
final class NetworkDisconnectCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "network disconnect [OPTIONS] NETWORK CONTAINER",
                        "Disconnect a container from a network")
                .flag("force", 'f', "Force the container to disconnect from a network")
                .arguments(2, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var request =
                new Json.Members()
                        .with("Container", arguments.rest().getLast())
                        .with("Force", arguments.is("force"));
        var target = Target.of("/networks/", arguments.rest().getFirst(), "/disconnect");
        cli.engine().send(target, request);
        return 0;
    }
}
