package dev.rootbound.runtime;

import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.time.Duration;
import java.util.StringJoiner;

/** Waits for the freezer, which is asked and then takes its time. */
final class Freezing {
    /** A process in an uninterruptible sleep freezes when it wakes. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * How long one request is waited for. The freezer of version 1 may never finish where processes
     * keep being made: thawed and asked again it does, and version 2 takes no harm.
     */
    private static final Duration ASKED_AGAIN = Duration.ofMillis(500);

    private Freezing() {}

    /** Freezes or, when that takes too long, thaws again and fails. */
    static void freeze(Cgroup cgroup, CgroupDirectory directory, String file, String word)
            throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (true) {
                directory.write(file, word);
                if (isFrozenWithin(ASKED_AGAIN, cgroup)) return;
                if (System.nanoTime() > end) throw new IOException(failure(cgroup, directory));
                cgroup.thaw();
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cgroup.thaw();
            throw new IOException("interrupted while freezing " + directory.path(), e);
        } catch (IOException e) {
            cgroup.thaw();
            throw e;
        }
    }

    private static boolean isFrozenWithin(Duration time, Cgroup cgroup)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!cgroup.isFrozen()) {
            if (System.nanoTime() > end) return false;
            Thread.sleep(1);
        }
        return true;
    }

    private static String failure(Cgroup cgroup, CgroupDirectory directory) throws IOException {
        return "the processes of "
                + directory.path()
                + " are not frozen after "
                + PATIENCE.toSeconds()
                + " s: one may be stuck in the kernel (pid, state and place: "
                + states(cgroup)
                + "; see /proc/PID/stack)";
    }

    /** What /proc says of each of the processes; those that end meanwhile are left out. */
    private static String states(Cgroup cgroup) throws IOException {
        var states = new StringJoiner(", ");
        for (long pid : cgroup.processes()) {
            var stat = ProcFile.read(pid, "stat").orElse("");
            int state = stat.lastIndexOf(')') + 2;
            if (state >= stat.length()) continue; // it ended
            var place = ProcFile.read(pid, "wchan").orElse("?");
            states.add(pid + " " + stat.charAt(state) + " " + place);
        }
        return states.toString();
    }
}
