package dev.rootbound.runtime;

/** Containers' monitors. */
public final class Monitors {
    private Monitors() {}
}
