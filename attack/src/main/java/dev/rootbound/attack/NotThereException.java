package dev.rootbound.attack;

import java.io.IOException;

/** An attack for which something of ours is missing, and why: it is not tried. */
final class NotThereException extends IOException {
    private static final long serialVersionUID = 1L;

    NotThereException(String why) {
        super(why);
    }
}
