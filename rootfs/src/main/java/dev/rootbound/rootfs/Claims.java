package dev.rootbound.rootfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Set;

/** Who works on what: one at a time on each thing, the others wait. */
final class Claims<T> {
    /** Guarded by itself. */
    private final Set<T> claimed = new HashSet<>();

    /** Held until closed. */
    final class Claim implements AutoCloseable {
        private final T thing;

        private Claim(T thing) {
            this.thing = thing;
        }

        @Override
        public void close() {
            synchronized (claimed) {
                claimed.remove(thing);
                claimed.notifyAll();
            }
        }
    }

    /** Waits until nobody else has it. */
    Claim claim(T thing) throws IOException {
        synchronized (claimed) {
            while (!claimed.add(thing)) {
                try {
                    claimed.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException(
                            "interrupted while another worked on " + thing);
                }
            }
        }
        return new Claim(thing);
    }
}
