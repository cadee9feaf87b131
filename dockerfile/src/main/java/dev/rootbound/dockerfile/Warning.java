package dev.rootbound.dockerfile;

/**
 * A build check found something.
 *
 * @param message what and where, in Docker's words
 */
public record Warning(Rule rule, Location location, String message) {
    @Override
    public String toString() {
        return rule + ": " + message + " (line " + location.line() + ")";
    }
}
