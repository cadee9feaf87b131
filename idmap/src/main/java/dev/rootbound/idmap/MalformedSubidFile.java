package dev.rootbound.idmap;

import java.io.IOException;

/** A line of /etc/subuid or /etc/subgid that cannot be meant: which one, and why. */
final class MalformedSubidFile extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedSubidFile(String fileName, int line, IllegalArgumentException why) {
        super(fileName + ", line " + line + ": " + why.getMessage(), why);
    }
}
