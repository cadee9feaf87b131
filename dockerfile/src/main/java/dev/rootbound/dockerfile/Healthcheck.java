package dev.rootbound.dockerfile;

import java.time.Duration;
import java.util.List;

/**
 * {@code HEALTHCHECK}: how a container is asked for its health. A duration of zero, or no retries,
 * is the default.
 *
 * @param test as the image's configuration has it: {@code NONE}; {@code CMD} and a program with its
 *     arguments; or {@code CMD-SHELL} and a line for the shell
 */
public record Healthcheck(Source source, List<String> test, Timing timing) implements Instruction {
    /** When it is asked. */
    public record Timing(
            Duration interval,
            Duration timeout,
            Duration startPeriod,
            Duration startInterval,
            int retries) {
        /** What is not said. */
        static final Timing DEFAULT =
                new Timing(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
    }

    public Healthcheck {
        test = List.copyOf(test);
    }

    /** Whether the base image's check is switched off. */
    public boolean isNone() {
        return test.getFirst().equals("NONE");
    }
}
