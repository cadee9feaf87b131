package dev.rootbound.image;

import java.io.IOException;

/** An image is not signed as the policy demands. */
public final class UnsignedException extends IOException {
    private static final long serialVersionUID = 1;

    UnsignedException(String message) {
        super(message);
    }
}
