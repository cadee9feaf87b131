package dev.rootbound.dockerfile;

import java.io.Serial;

/**
 * A Dockerfile, or what belongs to it, is wrong. The message is for the user as it is: {@code
 * Dockerfile:12:5: what is wrong}, then the line and a mark below what is meant.
 */
public final class DockerfileException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    private final transient Location location;
    private final String problem;

    DockerfileException(String message, Location location, String problem) {
        super(message);
        this.location = location;
        this.problem = problem;
    }

    /** Where it is wrong. */
    public Location location() {
        return location;
    }

    /** What is wrong, without the place. */
    public String problem() {
        return problem;
    }
}
