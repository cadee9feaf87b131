package dev.rootbound.docker;

import java.util.ArrayList;
import java.util.List;

/** What to do when a client goes away before it has its answer. */
final class Goner {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean gone;

    void then(Runnable action) {
        synchronized (this) {
            if (!gone) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** The client has gone; actions run on a thread of their own, for they may block. */
    void gone() {
        List<Runnable> now;
        synchronized (this) {
            gone = true;
            now = List.copyOf(actions);
            actions.clear();
        }
        if (!now.isEmpty()) {
            Thread.ofVirtual().name("gone").start(() -> now.forEach(Runnable::run));
        }
    }

    /** The answer is complete: nothing happens any more. */
    synchronized void disarm() {
        actions.clear();
    }
}
