package dev.rootbound.linux;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what was taken, last first, unless all went well: {@code try (var undo = new Undo()) {
 * … undo.keep(); }}.
 */
public final class Undo implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> taken = new ArrayDeque<>();

    /** With nothing taken yet. */
    public Undo() {}

    /** Closes it too, unless {@link #keep} is called first. */
    public <T extends AutoCloseable> T on(T resource) {
        taken.push(resource);
        return resource;
    }

    /** From now on nothing is given back. */
    public void keep() {
        taken.clear();
    }

    /**
     * A step that fails does not keep the others from being given back.
     *
     * @throws IOException with the first such step as its cause, which has the others as suppressed
     */
    @Override
    public void close() throws IOException {
        // whoever gave up waiting must not keep the rest from being given back
        boolean interrupted = Thread.interrupted();
        @Nullable Exception first = null;
        for (var each : taken) {
            try {
                each.close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (first != null) {
            throw new IOException("give back after a failure: " + first.getMessage(), first);
        }
    }
}
