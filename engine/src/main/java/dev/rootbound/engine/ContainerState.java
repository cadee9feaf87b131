package dev.rootbound.engine;

import dev.rootbound.idmap.Lease;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a container is in its life; each state carries only what is true in it. */
public sealed interface ContainerState {
    /** Made, never started. */
    record Created() implements ContainerState {}

    /**
     * Its first process runs.
     *
     * @param pid of the first process, on the host
     * @param startTime of that process in clock ticks since boot (proc_pid_stat(5) field 22): tells
     *     it from a later process with the same pid
     * @param paused whether its processes are frozen; in all else it runs
     * @param lease whose its host ids are besides
     */
    record Running(long pid, long startTime, Instant since, boolean paused, Lease.Kind lease)
            implements ContainerState {
        public Running(long pid, long startTime, Instant since, Lease.Kind lease) {
            this(pid, startTime, since, false, lease);
        }

        Running withPaused(boolean now) {
            return new Running(pid, startTime, since, now, lease);
        }

        public Exited exited(int code, boolean oomKilled, Instant at) {
            return new Exited(code, oomKilled, since, at, null);
        }
    }

    /**
     * Ended, or failed to start.
     *
     * @param code the exit code as a shell gives it: 128 + signal; 127, 126 or 128 if it could not
     *     start
     * @param startedAt of its last run, also if it failed to start since
     * @param error why it could not start, {@code null} if it did
     */
    record Exited(
            int code, boolean oomKilled, Instant startedAt, Instant at, @Nullable String error)
            implements ContainerState {

        /** Failed to start. */
        static Exited unstarted(ContainerState before, int code, Instant at, String error) {
            var last =
                    switch (before) {
                        case Exited exited -> exited.startedAt();
                        case Restarting restarting -> restarting.last().startedAt();
                        case Created _, Running _, Dead _ -> Instant.EPOCH;
                    };
            return new Exited(code, false, last, at, error);
        }

        /** Whether it ever ran; earlier engines wrote the same time twice if not. */
        public boolean ran() {
            return error == null || (startedAt.isAfter(Instant.EPOCH) && startedAt.isBefore(at));
        }
    }

    /**
     * Ended, and started again by its policy when that is due.
     *
     * @param last how it ended
     */
    record Restarting(Exited last, Instant due) implements ContainerState {}

    /**
     * The engine cannot tell what it is or give back what it has: something may still run in it.
     * Never written: the next engine tries again.
     */
    record Dead(String reason) implements ContainerState {
        /** Docker's exit code of an end that nobody saw. */
        public static final int CODE = 255;
    }
}
