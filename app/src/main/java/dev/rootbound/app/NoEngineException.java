package dev.rootbound.app;

import java.io.IOException;

/** Nothing answers at the engine's address. */
final class NoEngineException extends IOException {
    private static final long serialVersionUID = 1L;

    NoEngineException(EngineAddress address, IOException cause) {
        this(address, cause, "Is `rootbound daemon` running there?");
    }

    /**
     * @param help a sentence
     */
    NoEngineException(EngineAddress address, IOException cause, String help) {
        super(
                "cannot connect to the engine at "
                        + address
                        + ": "
                        + cause.getMessage()
                        + ". "
                        + help,
                cause);
    }
}
