package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound logout}. */
final class LogoutCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("logout [SERVER]", "Log out from a registry").arguments(0, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String server = LoginCommand.server(arguments);
        boolean known = DockerConfig.read(cli.environment()).erase(server);
        cli.println((known ? "Removing login credentials for " : "Not logged in to ") + server);
        return 0;
    }
}
