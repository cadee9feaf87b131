package dev.rootbound.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Two steps that do not need each other, at the same time. */
final class Together {
    /** A step. */
    interface Step {
        void run() throws IOException;
    }

    private Together() {}

    /** Returns when both have ended; the first failure is thrown, the other suppressed in it. */
    static void both(Step here, Step beside) throws IOException {
        var failed = new Failure();
        var thread = Thread.ofVirtual().start(() -> failed.of(beside));
        var own = new Failure();
        own.of(here);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // a step is never left half done
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        own.and(failed);
    }

    private static final class Failure {
        private @Nullable Throwable cause;

        void of(Step step) {
            try {
                step.run();
            } catch (Throwable e) { // an Error too: the step was not done
                cause = e;
            }
        }

        void and(Failure other) throws IOException {
            var first = cause != null ? cause : other.cause;
            if (first == null) {
                return;
            }
            if (cause != null && other.cause != null) {
                first.addSuppressed(other.cause);
            }
            if (first instanceof IOException e) {
                throw e;
            }
            if (first instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) first;
        }
    }
}
