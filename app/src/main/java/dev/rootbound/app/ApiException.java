package dev.rootbound.app;

import java.io.IOException;

/** The engine refused a request; the message is its sentence. */
final class ApiException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }

    boolean isNotFound() {
        return status == 404;
    }
}
