package dev.rootbound.app;

/** This program's version; a test keeps it equal to the pom's. */
final class Version {
    static final String TEXT = "0.1.0";

    private Version() {}
}
