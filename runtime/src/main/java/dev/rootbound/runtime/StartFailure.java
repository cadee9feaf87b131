package dev.rootbound.runtime;

import java.io.IOException;

/** The runtime would not start a process; the message is in the runtime's words. */
public final class StartFailure extends IOException {
    private static final long serialVersionUID = 1L;

    public StartFailure(String message) {
        super(message);
    }

    /**
     * The exit code that a shell and Docker give it: 127 not found, 126 not executable, else 128.
     */
    public int code() {
        return isOfProgram() ? ofProgram() : 128;
    }

    /** Whether the program is not there or cannot be executed: not the runtime's failure. */
    public boolean isOfProgram() {
        return ofProgram() != 0;
    }

    private int ofProgram() {
        var text = String.valueOf(getMessage());
        if (text.contains("executable file not found")
                || text.contains("no such file or directory")
                || text.contains("system cannot find the file specified")) {
            return 127;
        }
        if (text.contains("permission denied")
                || text.contains("not a directory")
                || text.contains("is a directory")
                || text.contains("exec format error")) {
            return 126;
        }
        return 0;
    }
}
