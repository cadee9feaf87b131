package dev.rootbound.app;

/** Ends the command with a message on standard error and an exit code. */
class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    CliException(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
