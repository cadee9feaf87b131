package dev.rootbound.app;

/** The executable. */
public final class Main {
    private Main() {}
}
