package dev.rootbound.app;

import java.io.IOException;

/** The engine's process. */
final class Daemon {
    private Daemon() {}

    /** Serves until SIGTERM. */
    @SuppressWarnings("DoNotCallSuggester") // until the engine is wired in here
    static void run(Configuration configuration) throws IOException, InterruptedException {
        throw new IOException(
                "this build has no engine to serve from " + configuration.root() + " with");
    }
}
