package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound unpause}. */
final class UnpauseCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "unpause CONTAINER [CONTAINER...]",
                        "Unpause all processes within one or more containers")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    engine.post(Target.of("/containers/", name, "/unpause"));
                    return name + "\n";
                });
    }
}
