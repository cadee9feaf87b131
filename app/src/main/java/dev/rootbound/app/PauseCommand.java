package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound pause}. */
final class PauseCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "pause CONTAINER [CONTAINER...]",
                        "Pause all processes within one or more containers")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    engine.post(Target.of("/containers/", name, "/pause"));
                    return name + "\n";
                });
    }
}
