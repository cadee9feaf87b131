package dev.rootbound.runtime;

import java.io.IOException;

/**
 * What was asked cannot be, whatever the host: a user that the image does not have, an unknown
 * capability, a profile that cannot be read. The message is for the caller, in Docker's words where
 * Docker has some.
 */
public final class InvalidSpec extends IOException {
    private static final long serialVersionUID = 1L;

    InvalidSpec(String message) {
        super(message);
    }

    InvalidSpec(String message, Throwable cause) {
        super(message, cause);
    }
}
