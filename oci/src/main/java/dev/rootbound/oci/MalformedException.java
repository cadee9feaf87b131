package dev.rootbound.oci;

import java.io.IOException;

/** A document that is not what it should be: says which, where in it and why. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int MOST = 1000;

    /**
     * @param message may quote the document
     */
    public MalformedException(String message) {
        super(Shown.of(message, MOST));
    }
}
