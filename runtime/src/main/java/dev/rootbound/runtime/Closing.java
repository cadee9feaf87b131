package dev.rootbound.runtime;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Closes what was opened unless all went well. */
final class Closing implements AutoCloseable {
    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T on(T resource) {
        opened.push(resource);
        return resource;
    }

    void keep() {
        opened.clear();
    }

    @Override
    public void close() {
        // whoever gave up waiting must not keep the rest from being closed
        boolean interrupted = Thread.interrupted();
        @Nullable Exception first = null;
        for (var each : opened) {
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
            throw new IllegalStateException(first);
        }
    }
}
