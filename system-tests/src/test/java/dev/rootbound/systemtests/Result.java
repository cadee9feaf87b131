package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** How a command ended. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Result(List<String> command, int code, byte[] stdout, String err) {
    /** Its output without the last newline. */
    String out() {
        return new String(stdout, UTF_8).stripTrailing();
    }

    /** Fails unless it ended well. */
    Result ok() {
        return ended(0);
    }

    /** Fails unless it ended with this code. */
    Result ended(int expected) {
        if (code != expected)
            throw new AssertionError("exit code " + code + ", expected " + expected + ": " + this);
        return this;
    }

    @Override
    public String toString() {
        var text = out();
        return String.join(" ", command)
                + "\n  exit code: "
                + code
                + "\n  stdout: "
                + (text.length() > 2000 ? text.substring(0, 2000) + "…" : text)
                + "\n  stderr: "
                + err.strip();
    }
}
