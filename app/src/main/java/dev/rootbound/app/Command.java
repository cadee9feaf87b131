package dev.rootbound.app;

import java.io.IOException;

/** A command of the CLI. */
interface Command {
    Flags flags();

    /** Returns the exit code. */
    int run(Arguments arguments, Cli cli) throws IOException, InterruptedException;
}
