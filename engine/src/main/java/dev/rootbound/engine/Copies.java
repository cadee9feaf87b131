package dev.rootbound.engine;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The copies into one container that go on. Who mounts, unmounts or removes its files has them end
 * first, with the container's lock held, under which copies begin.
 */
final class Copies {
    /** A client that sends nothing for so long holds back nobody else. */
    private final Duration patience;

    // guarded by this
    private final Set<Copy> running = new HashSet<>();

    Copies() {
        this(Duration.ofSeconds(10));
    }

    Copies(Duration patience) {
        this.patience = patience;
    }

    /** With the container's lock held. */
    synchronized Copy begin() {
        var copy = new Copy();
        running.add(copy);
        return copy;
    }

    /** Waits for those that get on, as Docker does, and cuts short those that do not. */
    void finish() {
        await(patience);
    }

    /** Cuts them short. */
    void cut() {
        await(Duration.ZERO);
    }

    private synchronized void await(Duration idle) {
        boolean interrupted = false;
        while (!running.isEmpty()) {
            running.forEach(copy -> copy.cutIfIdle(idle));
            try {
                wait(100); // how idle they are is asked again
            } catch (InterruptedException e) {
                interrupted = true; // who is in a hurry still may not have two writers
                running.forEach(copy -> copy.cutIfIdle(Duration.ZERO));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end(Copy copy) {
        running.remove(copy);
        notifyAll();
    }

    /** One copy; closed when it writes no more. */
    final class Copy implements AutoCloseable {
        private volatile long movedAt = System.nanoTime();

        // guarded by this
        private boolean cut;
        private @Nullable Thread reader;

        /** The archive as the copy reads it: fails when it is cut short. */
        InputStream reading(InputStream archive) {
            return new FilterInputStream(archive) {
                @Override
                public int read() throws IOException {
                    var one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    enter();
                    try {
                        int read = in.read(into, offset, length);
                        movedAt = System.nanoTime();
                        return read;
                    } finally {
                        leave();
                    }
                }
            };
        }

        private synchronized void enter() throws IOException {
            if (cut) {
                throw new IOException("cut short");
            }
            reader = Thread.currentThread();
        }

        /** What a failure of the copy comes from. */
        synchronized IOException explained(IOException failure) {
            if (!cut) {
                return failure;
            }
            boolean _ = Thread.interrupted(); // the answer is still to be written
            return new IOException(
                    "cut short: the container was started, ended or removed meanwhile while the"
                            + " archive did not come; copy it again",
                    failure);
        }

        private synchronized void leave() {
            reader = null;
        }

        private synchronized void cutIfIdle(Duration idle) {
            if (System.nanoTime() - movedAt < idle.toNanos()) {
                return;
            }
            cut = true;
            if (reader != null) {
                reader.interrupt();
            }
        }

        @Override
        public void close() {
            end(this);
        }
    }
}
