package dev.rootbound.rootfs;

import java.io.IOException;

/** A layer or archive that is not unpacked because of what it holds: which entry, and why. */
public final class LayerException extends IOException {
    private static final long serialVersionUID = 1L;

    LayerException(String message) {
        super(message);
    }
}
