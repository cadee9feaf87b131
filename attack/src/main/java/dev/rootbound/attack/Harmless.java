package dev.rootbound.attack;

import java.io.IOException;

/** Something that was granted, as it should be: it gives nothing that the caller has not. */
final class Harmless extends IOException {
    private static final long serialVersionUID = 1L;

    Harmless(String what) {
        super(what);
    }
}
