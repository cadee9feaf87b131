package dev.rootbound.build;

import java.io.Serial;

/** A command of a Dockerfile that ended with another code than 0. */
public final class FailedStep extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    private final int code;

    FailedStep(String command, int code) {
        super("The command '" + command + "' returned a non-zero code: " + code);
        this.code = code;
    }

    /** As the process ended with it. */
    public int code() {
        return code;
    }
}
