package dev.rootbound.app;

import java.io.IOException;

/** What {@code stop} and {@code restart} have in common: how a container is brought to its end. */
final class Stopping {
    private Stopping() {}

    static Flags flags(String usage, String description) {
        return new Flags(usage, description)
                .value("signal", 's', "string", "Signal to send to the container")
                .value("timeout", 't', "int", "Seconds to wait before killing the container")
                .value("time", "int", "The same as --timeout")
                .arguments(1, Integer.MAX_VALUE);
    }

    static int run(Arguments arguments, Cli cli, String action)
            throws IOException, InterruptedException {
        String flag = arguments.has("timeout") ? "timeout" : "time";
        String seconds = arguments.has(flag) ? "" + arguments.number(flag) : "";
        return Each.container(
                arguments,
                cli,
                name ->
                        Target.of("/containers/", name, action)
                                .query("signal", arguments.text("signal"))
                                .query("t", seconds));
    }
}
