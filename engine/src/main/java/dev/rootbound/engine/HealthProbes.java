package dev.rootbound.engine;

import dev.rootbound.runtime.ExecCgroup;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The health checks of running containers: each is an exec as the container's own user, in a cgroup
 * below the container's, so that one that takes too long is killed with all that it started.
 */
final class HealthProbes {
    /** Of a process that was sent SIGKILL. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);

    private static final int NOT_RUN = -1;

    private final Execs execs;
    private final InFlight inFlight;
    private final EventLog events;
    private final InstantSource clock;
    private final boolean unifiedCgroups;

    HealthProbes(
            Execs execs,
            InFlight inFlight,
            EventLog events,
            InstantSource clock,
            boolean unifiedCgroups) {
        this.execs = execs;
        this.inFlight = inFlight;
        this.events = events;
        this.clock = clock;
        this.unifiedCgroups = unifiedCgroups;
    }

    /** Probes it from now until it ends, if it has a health check. */
    void watch(ContainerEntry entry, ContainerEntry.Live live) {
        var check = entry.container().spec().health();
        if (check != null && !check.argv().isEmpty()) {
            Thread.ofVirtual()
                    .name("health-" + entry.container().name())
                    .start(() -> probeUntilEnd(entry, live, check));
        }
    }

    private void probeUntilEnd(ContainerEntry entry, ContainerEntry.Live live, HealthCheck check) {
        try {
            var cgroup =
                    ExecCgroup.make(SpecPlan.cgroup(entry.container()), "health", unifiedCgroups);
            boolean _ = cgroup.kill(KILL_PATIENCE); // what an earlier engine did not wait for
            while (!live.ended().await(pause(entry, check).toMillis(), TimeUnit.MILLISECONDS)
                    && !inFlight.isClosed()) {
                var result = probe(entry, check, cgroup);
                if (result != null) {
                    note(entry, live, check, result);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (live.equals(entry.live())) {
                EngineLog.error(
                        "the health of container " + entry.container().id() + " is not checked", e);
            }
        }
    }

    private Duration pause(ContainerEntry entry, HealthCheck check) {
        var container = entry.container();
        var health = container.health();
        return container.state() instanceof ContainerState.Running running && health != null
                ? health.untilNext(check, running.since(), clock.instant())
                : check.intervalOrDefault();
    }

    private static boolean runs(ContainerEntry entry) {
        return entry.container().isRunning() && !entry.container().isPaused();
    }

    /** {@code null} if the container did not run all the time: that says nothing of its health. */
    private Health.@Nullable Result probe(
            ContainerEntry entry, HealthCheck check, ExecCgroup cgroup)
            throws IOException, InterruptedException {
        if (!runs(entry)) {
            return null;
        }
        var start = clock.instant();
        var output = new ProbeOutput();
        try {
            var caller = Caller.of(entry.container().tenant());
            var exec = execs.find(entry, execs.create(caller, entry, spec(check)));
            execs.start(exec, 0, 0, output, cgroup);
            boolean ended = exec.awaitEnd(check.timeoutOrDefault());
            boolean ran = runs(entry);
            if (!ended) {
                kill(exec, cgroup);
            }
            return ran ? result(start, exec.ended(), ended, check, output) : null;
        } catch (IOException | EngineException e) {
            return runs(entry) ? failed(start, String.valueOf(e.getMessage())) : null;
        }
    }

    private Health.Result result(
            Instant start,
            dev.rootbound.runtime.ExecProcess.@Nullable Ended how,
            boolean inTime,
            HealthCheck check,
            ProbeOutput output) {
        if (!inTime || how == null) {
            return failed(start, output.after(timeoutText(check.timeoutOrDefault())));
        }
        if (how.failure() != null) {
            return failed(start, how.failure());
        }
        return new Health.Result(start, clock.instant(), how.code(), output.text());
    }

    private Health.Result failed(Instant start, String why) {
        return new Health.Result(start, clock.instant(), NOT_RUN, why);
    }

    static String timeoutText(Duration timeout) {
        long millis = timeout.toMillis();
        var text =
                millis < 1000
                        ? millis + "ms"
                        : new java.math.BigDecimal(millis)
                                        .movePointLeft(3)
                                        .stripTrailingZeros()
                                        .toPlainString()
                                + "s";
        return "Health check exceeded timeout (" + text + ")";
    }

    /** First what runs in the container; then a runtime that did not get so far. */
    private static void kill(Execs.ExecEntry exec, ExecCgroup cgroup)
            throws IOException, InterruptedException {
        boolean _ = cgroup.kill(KILL_PATIENCE);
        if (!exec.awaitEnd(KILL_PATIENCE)) {
            exec.kill();
            boolean _ = cgroup.kill(KILL_PATIENCE);
        }
    }

    private static Engine.ExecSpec spec(HealthCheck check) {
        return new Engine.ExecSpec(
                check.argv(), List.of(), "", "", false, false, true, true, false, "");
    }

    private void note(
            ContainerEntry entry,
            ContainerEntry.Live live,
            HealthCheck check,
            Health.Result result) {
        entry.lock.lock();
        try (var ticket = inFlight.beginUnlessClosed()) {
            var container = entry.container();
            var before = container.health();
            if (ticket == null
                    || !live.equals(entry.live())
                    || before == null
                    || !(container.state() instanceof ContainerState.Running running)) {
                return;
            }
            var after = before.after(result, check, running.since());
            entry.become(container.withHealth(after));
            if (after.status() != before.status()) {
                changed(entry);
                var status = after.status().name().toLowerCase(Locale.ROOT);
                events.publish(entry.container(), "health_status: " + status);
            }
        } finally {
            entry.lock.unlock();
        }
    }

    private static void changed(ContainerEntry entry) {
        try {
            StateFile.write(entry.directory, entry.container());
        } catch (IOException e) { // the next change, or the end, is written again
            EngineLog.error(
                    "the health of container " + entry.container().id() + " is not on disk", e);
        }
    }
}
