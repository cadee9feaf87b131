package dev.rootbound.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A container's health as its probes tell it: a value, never updated.
 *
 * @param failures in a row
 * @param log the last results, oldest first
 */
public record Health(Status status, int failures, List<Result> log) {
    private static final int LOGGED = 5;

    /** Docker's three words. */
    public enum Status {
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /**
     * What one probe said.
     *
     * @param code 0: healthy; -1: it could not be run or took too long
     */
    public record Result(Instant start, Instant end, int code, String output) {}

    static final Health STARTING = new Health(Status.STARTING, 0, List.of());

    public Health {
        log = List.copyOf(log);
    }

    /** Of a container that starts again. */
    Health restarted() {
        return new Health(Status.STARTING, 0, log);
    }

    /** Of a container that is not probed any more: as Docker, what does not run is not healthy. */
    Health ended() {
        return new Health(Status.UNHEALTHY, failures, log);
    }

    /**
     * After a probe.
     *
     * @param started when the container was
     */
    Health after(Result result, HealthCheck check, Instant started) {
        var results = new ArrayList<>(log);
        results.add(result);
        var last = results.subList(Math.max(0, results.size() - LOGGED), results.size());
        if (result.code() == 0) {
            return new Health(Status.HEALTHY, 0, last);
        }
        boolean excused =
                status == Status.STARTING
                        && result.start().isBefore(started.plus(check.startPeriod()));
        int inARow = excused ? failures : failures + 1;
        boolean tooMany = !excused && inARow >= check.retriesOrDefault();
        return new Health(tooMany ? Status.UNHEALTHY : status, inARow, last);
    }

    /** From now to the next probe. */
    Duration untilNext(HealthCheck check, Instant started, Instant now) {
        boolean starts =
                status == Status.STARTING && now.isBefore(started.plus(check.startPeriod()));
        return starts ? check.startIntervalOrDefault() : check.intervalOrDefault();
    }
}
