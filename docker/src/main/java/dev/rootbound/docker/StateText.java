package dev.rootbound.docker;

import dev.rootbound.engine.ContainerState;
import java.time.Duration;
import java.time.Instant;

/** A container's state as Docker words it. */
final class StateText {
    private StateText() {}

    /** One word. What failed to start never ran: Docker keeps calling it created. */
    static String status(ContainerState state) {
        return switch (state) {
            case ContainerState.Created _ -> "created";
            case ContainerState.Running running -> running.paused() ? "paused" : "running";
            case ContainerState.Exited exited -> exited.error() == null ? "exited" : "created";
            case ContainerState.Dead _ -> "dead";
        };
    }

    /** A phrase, such as {@code Up 3 seconds}. */
    static String phrase(ContainerState state, Instant now) {
        return switch (state) {
            case ContainerState.Created _ -> "Created";
            case ContainerState.Running running ->
                    "Up "
                            + about(Duration.between(running.since(), now))
                            + (running.paused() ? " (Paused)" : "");
            case ContainerState.Exited exited when exited.error() != null -> "Created";
            case ContainerState.Exited exited ->
                    "Exited ("
                            + exited.code()
                            + ") "
                            + about(Duration.between(exited.at(), now))
                            + " ago";
            case ContainerState.Dead _ -> "Dead";
        };
    }

    /** A duration in the one unit that matters. */
    static String about(Duration duration) {
        long seconds = duration.toSeconds();
        long minutes = duration.toMinutes();
        long hours = Math.round(seconds / 3600.0);
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds < 60) {
            return seconds == 1 ? "1 second" : seconds + " seconds";
        }
        if (minutes < 60) {
            return minutes == 1 ? "About a minute" : minutes + " minutes";
        }
        if (hours < 48) {
            return hours == 1 ? "About an hour" : hours + " hours";
        }
        return longer(hours / 24);
    }

    private static String longer(long days) {
        if (days < 14) {
            return days + " days";
        }
        if (days < 60) {
            return days / 7 + " weeks";
        }
        return days < 730 ? days / 30 + " months" : days / 365 + " years";
    }
}
