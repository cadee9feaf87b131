package dev.rootbound.app;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The engine ended, or the connection to it broke, before it had answered in full. */
final class EngineGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    EngineGoneException(@Nullable Throwable cause) {
        super(
                "the engine ended before it had answered in full. Containers go on without it:"
                        + " start it again and see `rootbound ps -a`",
                cause);
    }
}
