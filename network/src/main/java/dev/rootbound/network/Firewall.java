package dev.rootbound.network;

/** Placeholder. */
public final class Firewall {
    private Firewall() {}
}
