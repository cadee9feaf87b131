package dev.rootbound.registry;

import dev.rootbound.oci.Shown;
import java.io.IOException;

/** A registry did not do what was asked of it; the message has its words. */
public abstract sealed class RegistryException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int MOST = 1000;

    private RegistryException(String message) {
        super(Shown.of(message, MOST));
    }

    private RegistryException(String message, Throwable cause) {
        super(Shown.of(message, MOST), cause);
    }

    /** It has no such manifest, blob or repository. */
    public static final class NotFound extends RegistryException {
        private static final long serialVersionUID = 1;

        NotFound(String message) {
            super(message);
        }
    }

    /** The caller may not, or is not known. */
    public static final class Denied extends RegistryException {
        private static final long serialVersionUID = 1;

        Denied(String message) {
            super(message);
        }
    }

    /** It does not answer, or with what makes no sense; later it may. */
    public static final class Failed extends RegistryException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
