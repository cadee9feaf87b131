package dev.rootbound.registry;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * How long and how often a registry is waited for.
 *
 * @param connect for a connection
 * @param probe for what may speak HTTPS or not; Docker waits as long for TLS
 * @param answer without a byte of it
 * @param store for a registry to store what it was sent, once it was
 * @param pause before the second try; it doubles with each
 * @param longestPause however much later a registry wants to be asked again
 */
record Patience(
        Duration connect,
        Duration probe,
        Duration answer,
        Duration store,
        Duration pause,
        Duration longestPause) {
    static final int TRIES = 5;

    static final Patience USUAL =
            new Patience(
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(5),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(30));

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /**
     * Not the same for all who were refused at once.
     *
     * @param tries how often it was tried
     * @param retryAfter the registry's header, seconds; empty if it has none
     */
    Duration before(int tries, String retryAfter) {
        long usual = pause.toMillis() << (tries - 1);
        usual += ThreadLocalRandom.current().nextLong(usual / 2 + 1);
        if (!SECONDS.matcher(retryAfter).matches()) return Duration.ofMillis(usual);
        var wanted = Duration.ofSeconds(Long.parseLong(retryAfter));
        var bounded = wanted.compareTo(longestPause) < 0 ? wanted : longestPause;
        return Duration.ofMillis(Math.max(usual, bounded.toMillis()));
    }

    /** In words, for messages. */
    static String words(Duration duration) {
        var seconds = BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
        return seconds.toPlainString() + " seconds";
    }
}
