package dev.rootbound.docker;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The requests being handled, each by a virtual thread. */
final class Requests {
    /** Answers one exchange; what it throws, too, is answered. */
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }

    private final Handler handler;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    Requests(Handler handler) {
        this.handler = handler;
    }

    /**
     * @param finished called by the request's thread at its end
     */
    void handle(Exchange exchange, Runnable finished) {
        Thread.ofVirtual().name("request").start(() -> run(exchange, finished));
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // the last resort: nobody else will say it
    private void run(Exchange exchange, Runnable finished) {
        running.add(Thread.currentThread());
        try {
            handler.handle(exchange);
        } catch (Throwable e) {
            e.printStackTrace();
        } finally {
            running.remove(Thread.currentThread());
            finished.run();
        }
    }

    /** Waits until none runs, at most so long. */
    void await(long millis) throws InterruptedException {
        long until = System.nanoTime() + millis * 1_000_000;
        for (var thread : running) {
            thread.join(java.time.Duration.ofNanos(Math.max(1, until - System.nanoTime())));
        }
    }

    /** Those that still run are to end. */
    void interrupt() {
        running.forEach(Thread::interrupt);
    }
}
