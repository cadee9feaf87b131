package dev.rootbound.engine;

/**
 * Whether a container that has ended is started again: Docker's four policies.
 *
 * @param retries of {@link When#ON_FAILURE}: restarts at most; 0: without end
 */
public record RestartPolicy(When when, int retries) {
    /** Never. */
    public static final RestartPolicy NO = new RestartPolicy(When.NO, 0);

    /** After which ends. */
    public enum When {
        NO,
        /** After an end with another code than 0. */
        ON_FAILURE,
        /** After every end that nobody asked for, and at every start of the engine. */
        ALWAYS,
        /** As always, but what was stopped stays so when the engine starts. */
        UNLESS_STOPPED
    }

    public RestartPolicy {
        if (retries < 0) {
            throw new IllegalArgumentException(
                    "invalid restart policy: maximum retry count cannot be negative");
        }
        if (retries > 0 && when != When.ON_FAILURE) {
            throw new IllegalArgumentException(
                    "invalid restart policy: maximum retry count can only be used with 'on-failure'");
        }
    }

    /**
     * After an end.
     *
     * @param restarts by this policy since somebody last started it
     * @param stopAsked whether somebody asked for the end: that wins
     */
    boolean restarts(int code, int restarts, boolean stopAsked) {
        if (stopAsked) {
            return false;
        }
        return switch (when) {
            case NO -> false;
            case ON_FAILURE -> code != 0 && (retries == 0 || restarts < retries);
            case ALWAYS, UNLESS_STOPPED -> true;
        };
    }

    /** As {@link #restarts}, when an engine starts and finds it ended. */
    boolean restartsWithEngine(int code, int restarts, boolean stopAsked) {
        return when == When.ALWAYS || restarts(code, restarts, stopAsked);
    }
}
