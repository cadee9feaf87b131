package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Health;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A container's state as Docker words it. */
final class StateText {
    private StateText() {}

    /** One word. What failed to start never ran: Docker keeps calling it created. */
    static String status(ContainerState state) {
        return switch (state) {
            case ContainerState.Created _ -> "created";
            case ContainerState.Running running -> running.paused() ? "paused" : "running";
            case ContainerState.Exited exited -> exited.ran() ? "exited" : "created";
            case ContainerState.Restarting _ -> "restarting";
            case ContainerState.Dead _ -> "dead";
        };
    }

    /** A phrase, such as {@code Up 3 seconds}. */
    static String phrase(Container container, Instant now) {
        return switch (container.state()) {
            case ContainerState.Created _ -> "Created";
            case ContainerState.Running running ->
                    "Up "
                            + about(Duration.between(running.since(), now))
                            + (running.paused() ? " (Paused)" : health(container.health()));
            case ContainerState.Exited exited when exited.error() != null -> "Created";
            case ContainerState.Exited exited ->
                    "Exited ("
                            + exited.code()
                            + ") "
                            + about(Duration.between(exited.at(), now))
                            + " ago";
            case ContainerState.Restarting restarting ->
                    "Restarting ("
                            + restarting.last().code()
                            + ") "
                            + about(Duration.between(restarting.last().at(), now))
                            + " ago";
            case ContainerState.Dead _ -> "Dead";
        };
    }

    private static String health(@Nullable Health health) {
        if (health == null) {
            return "";
        }
        boolean starts = health.status() == Health.Status.STARTING;
        return " (" + (starts ? "health: " : "") + AskedHealth.word(health) + ")";
    }

    /** What Docker counts among the running. */
    static boolean isUp(ContainerState state) {
        return state instanceof ContainerState.Running
                || state instanceof ContainerState.Restarting;
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
