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
        if (first != null) {
            throw new IllegalStateException(first);
        }
    }
}
