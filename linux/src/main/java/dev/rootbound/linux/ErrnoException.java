package dev.rootbound.linux;

import java.io.IOException;

/** A system call that failed: which, on what, and its errno(3). */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    public ErrnoException(String call, String on, int errno) {
        super(call + (on.isEmpty() ? "" : " " + on) + ": " + Errno.name(errno));
        this.call = call;
        this.errno = errno;
    }

    /** The system call's name. */
    public String call() {
        return call;
    }

    /** One of {@link Errno}'s. */
    public int errno() {
        return errno;
    }
}
