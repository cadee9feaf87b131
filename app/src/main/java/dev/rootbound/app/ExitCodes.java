package dev.rootbound.app;

import java.io.IOException;

/** Exit codes of the CLI where the container's own does not decide. */
final class ExitCodes {
    static final int ENGINE = 125;
    static final int NOT_EXECUTABLE = 126;
    static final int NOT_FOUND = 127;

    private ExitCodes() {}

    /**
     * From the sentence with which a start was refused, by the words that Docker's CLI looks for.
     */
    static int ofStart(String message) {
        if (message.contains("executable file not found")
                || message.contains("no such file or directory")) return NOT_FOUND;
        if (message.contains("permission denied") || message.contains("is a directory"))
            return NOT_EXECUTABLE;
        return ENGINE;
    }

    /** The engine's words as Docker's CLI introduces them, for those who look for these. */
    static String sentence(ApiException e) {
        return "Error response from daemon: " + e.getMessage();
    }

    /** How {@code run} and {@code create} end when the engine fails before the start. */
    static CliException engine(IOException e) {
        if (e instanceof ApiException api) return new CliException(ENGINE, sentence(api));
        return new CliException(ENGINE, String.valueOf(e.getMessage()));
    }

    static CliException start(IOException e) {
        if (e instanceof ApiException api)
            return new CliException(ofStart(String.valueOf(api.getMessage())), sentence(api));
        return engine(e);
    }
}
