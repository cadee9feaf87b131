package dev.rootbound.dockerfile;

import java.io.Serial;

/**
 * A word cannot be expanded: it is malformed, too large, or says itself that a value must be set.
 */
public final class ExpansionException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    ExpansionException(String message) {
        super(message);
    }
}
