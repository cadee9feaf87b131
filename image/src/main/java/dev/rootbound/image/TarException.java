package dev.rootbound.image;

import java.io.IOException;

/** A tar archive that cannot be read: what is wrong with it, and at which entry and offset. */
public final class TarException extends IOException {
    private static final long serialVersionUID = 1;

    TarException(String message) {
        super(message);
    }

    /** The same, saying where. */
    TarException at(long offset, byte[] name) {
        var entry = name.length == 0 ? "tar entry" : "tar entry '" + TarEntry.printable(name) + "'";
        var located = new TarException(entry + " at offset " + offset + ": " + getMessage());
        located.setStackTrace(getStackTrace());
        return located;
    }
}
