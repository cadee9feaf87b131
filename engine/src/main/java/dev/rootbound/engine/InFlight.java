package dev.rootbound.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the engine is in the middle of: it is finished, or undone, before the engine ends. */
final class InFlight {
    // guarded by this
    private int begun;
    private boolean closed;

    /** Closed when it is finished or undone. */
    interface Ticket extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins something that somebody asked for. */
    Ticket begin() {
        var ticket = beginUnlessClosed();
        if (ticket == null) {
            throw new EngineException.Failed(
                    "the engine is shutting down: try again when it is back");
        }
        return ticket;
    }

    /** Nothing begins any more once this is closed: then it is the next engine's. */
    synchronized @Nullable Ticket beginUnlessClosed() {
        if (closed) {
            return null;
        }
        begun++;
        return this::end;
    }

    private synchronized void end() {
        begun--;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Lets nothing begin, and waits for what has. False if it has not ended so soon. */
    synchronized boolean close(Duration patience) {
        closed = true;
        boolean interrupted = false;
        long until = System.nanoTime() + patience.toNanos();
        for (long left; begun > 0 && (left = until - System.nanoTime()) > 0; ) {
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                interrupted = true; // who ends the engine waits no longer for that
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return begun == 0;
    }
}
