package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound restart}. */
final class RestartCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "restart [OPTIONS] CONTAINER [CONTAINER...]",
                        "Restart one or more containers")
                .value("signal", 's', "string", "Signal to send to the container")
                .value("timeout", 't', "int", "Seconds to wait before killing the container")
                .value("time", "int", "The same as --timeout")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String flag = arguments.has("timeout") ? "timeout" : "time";
        String seconds = arguments.has(flag) ? "" + arguments.number(flag) : "";
        ApiClient engine = cli.engine();
        return Each.of(
                arguments.rest(),
                cli,
                name -> {
                    engine.post(
                            Target.of("/containers/", name, "/restart")
                                    .query("signal", arguments.text("signal"))
                                    .query("t", seconds));
                    return name + "\n";
                });
    }
}
