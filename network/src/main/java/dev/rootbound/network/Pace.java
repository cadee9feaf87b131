package dev.rootbound.network;

import java.time.Duration;

/**
 * How many messages of one container are looked at: 1000 in 200 ms, so that one which asks without
 * end takes a seventh of a processor from the engine. What it sends beyond that waits in its
 * socket, and then the kernel drops it.
 */
final class Pace {
    private static final int MESSAGES = 1000;
    private static final Duration PERIOD = Duration.ofMillis(200);

    private int count;
    private long began = System.nanoTime();

    /** Returns when the next message may be looked at. */
    @SuppressWarnings("ThreadPriorityCheck") // for fairness only
    synchronized void next() throws InterruptedException {
        Thread.yield(); // a socket that always has a message never gives the carrier thread up
        if (++count < MESSAGES) return;
        var rest = PERIOD.minusNanos(System.nanoTime() - began);
        if (rest.isPositive()) Thread.sleep(rest);
        began = System.nanoTime();
        count = 0;
    }
}
