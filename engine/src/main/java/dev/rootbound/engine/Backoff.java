package dev.rootbound.engine;

import java.time.Duration;

/**
 * How long a restart waits: Docker's tenth of a second, doubled each time up to a minute, until a
 * run has lasted ten seconds.
 *
 * @param delay of the last restart; zero before the first
 */
record Backoff(Duration delay) {
    static final Backoff NONE = new Backoff(Duration.ZERO);

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofMinutes(1);
    private static final Duration GOOD_RUN = Duration.ofSeconds(10);

    /** After a run that lasted so long. */
    Backoff after(Duration run) {
        if (delay.isZero() || run.compareTo(GOOD_RUN) >= 0) {
            return new Backoff(FIRST);
        }
        var doubled = delay.multipliedBy(2);
        return new Backoff(doubled.compareTo(MOST) > 0 ? MOST : doubled);
    }
}
