package dev.rootbound.engine;

import java.io.IOException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Steps that do not need each other, at the same time. */
final class Together {
    /** A step. */
    interface Step {
        void run() throws IOException;
    }

    private Together() {}

    /**
     * Returns when all have ended; the first failure, in their order, is thrown, the others
     * suppressed in it.
     */
    static void all(Step here, Step... beside) throws IOException {
        var others = new ArrayList<Running>();
        for (var step : beside) {
            others.add(new Running(step));
        }
        var first = failure(here);
        for (var other : others) {
            var next = other.join();
            if (first == null) {
                first = next;
            } else if (next != null) {
                first.addSuppressed(next);
            }
        }
        rethrow(first);
    }

    private static @Nullable Throwable failure(Step step) {
        try {
            step.run();
            return null;
        } catch (Throwable e) { // an Error too: the step was not done
            return e;
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case Error e -> throw e;
            default -> throw (RuntimeException) failure;
        }
    }

    private static final class Running {
        private final Thread thread;
        private volatile @Nullable Throwable failure;

        Running(Step step) {
            thread = Thread.ofVirtual().start(() -> failure = failure(step));
        }

        /** A step is never left half done: who is interrupted is told afterwards. */
        @Nullable Throwable join() {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return failure;
        }
    }
}
