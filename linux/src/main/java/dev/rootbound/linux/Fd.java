package dev.rootbound.linux;

/** An open file descriptor. */
public final class Fd {
    private Fd() {}
}
