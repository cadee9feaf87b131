package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound wait}. */
final class WaitCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "wait CONTAINER [CONTAINER...]",
                        "Block until one or more containers stop, then print their exit codes")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        ApiClient engine = cli.engine();
        int code = 0;
        for (String name : arguments.rest()) {
            try (var answer = engine.open("POST", Target.of("/containers/", name, "/wait"), null)) {
                cli.println("" + Session.exitCode(answer));
            } catch (ApiException e) {
                cli.complain(ExitCodes.sentence(e));
                code = 1;
            }
        }
        return code;
    }
}
