package dev.rootbound.linux;

/** Waiting that an interrupt does not cut short; the thread is still interrupted after it. */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** Returns when a thread has ended. */
    public static void join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
