package dev.rootbound.app;

import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** {@code rootbound daemon stop}. */
final class DaemonStopCommand implements Command {
    /** Running requests get a moment at the engine's end; the rest is quick. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public Flags flags() {
        return new Flags(
                        "daemon stop [OPTIONS]",
                        "Stop the engine. Containers keep running; the next engine finds them")
                .value("run", "directory", "The run directory of the engine to stop")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Path run = Configuration.run(arguments, cli.environment(), Processes.ownUid());
        long pid = PidFile.stop(run, PATIENCE);
        cli.println("stopped the engine (process " + pid + "); its containers keep running");
        return 0;
    }
}
